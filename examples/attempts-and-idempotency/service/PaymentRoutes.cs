using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Sluice.Auth.Idempotency;

namespace Payments;

/// <param name="Reference">What is paid, in the payer's words: an order's number. It is paid once.</param>
/// <param name="Amount">In the smallest unit of the currency.</param>
internal sealed record PaymentRequest(string Reference, long Amount, string Currency);

internal sealed record Payment(string Id, string Reference, long Amount, string Currency, DateTime CreatedAt);

internal static class PaymentRoutes
{
    private const long Most = 100_000_000;

    // What was inserted, or what stood there for the reference.
    private const string Insert = """
        WITH paid AS (
          INSERT INTO "payments" ("id", "userId", "reference", "amount", "currency") VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT ("userId", "reference") DO NOTHING
          RETURNING "id", "reference", "amount", "currency", "createdAt")
        TABLE paid
        UNION ALL
        SELECT "id", "reference", "amount", "currency", "createdAt" FROM "payments" WHERE "userId" = $2 AND "reference" = $3
        LIMIT 1
        """;

    public static void MapPayments(this IEndpointRouteBuilder app)
    {
        var payments = app.MapGroup("/payments").RequireAuthorization();
        payments.MapPost("/", PayAsync).RequireIdempotencyKey();
        payments.MapGet("/{id}", FindAsync);
    }

    private static async Task<IResult> PayAsync(NpgsqlDataSource database, ClaimsPrincipal user, PaymentRequest request, CancellationToken stop)
    {
        if (Wrong(request) is { } wrong)
        {
            return Refused(422, "payment_invalid", wrong);
        }

        Payment? payment;
        do
        {
            await using var command = Command(database, Insert, Guid.CreateVersion7().ToString(), Id(user), request.Reference, request.Amount, request.Currency);
            payment = await ReadAsync(command, stop);
        }
        // The same reference under another key was paid while the statement waited, which it does not see: ask again.
        while (payment is null);

        return (payment.Amount, payment.Currency) == (request.Amount, request.Currency)
            ? TypedResults.Created($"/payments/{payment.Id}", payment)
            : Refused(409, "reference_paid", "Something else was paid for this reference.");
    }

    private static async Task<IResult> FindAsync(NpgsqlDataSource database, ClaimsPrincipal user, string id, CancellationToken stop)
    {
        await using var command = Command(database, """SELECT "id", "reference", "amount", "currency", "createdAt" FROM "payments" WHERE "id" = $1 AND "userId" = $2""", id, Id(user));
        return await ReadAsync(command, stop) is { } payment ? TypedResults.Ok(payment) : Refused(404, "payment_unknown", "There is no such payment of yours.");
    }

    private static string? Wrong(PaymentRequest request) =>
        request.Reference.Length is 0 or > 64 || !request.Reference.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? "`reference` is 1 to 64 letters, digits, `-`, `_` and `.`."
        : request.Amount is < 1 or > Most ? $"`amount` is 1 to {Most}."
        : request.Currency.Length != 3 || !request.Currency.All(char.IsAsciiLetterUpper) ? "`currency` is three capital letters, as ISO 4217 has them: EUR."
        : null;

    private static string Id(ClaimsPrincipal user) => user.FindFirstValue("sub")!;

    private static NpgsqlCommand Command(NpgsqlDataSource database, string sql, params ReadOnlySpan<object> values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }

    private static async Task<Payment?> ReadAsync(NpgsqlCommand command, CancellationToken stop)
    {
        await using var reader = await command.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop)
            ? new Payment(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), DateTime.SpecifyKind(reader.GetDateTime(4), DateTimeKind.Utc))
            : null;
    }

    private static ProblemHttpResult Refused(int status, string code, string detail) => TypedResults.Problem(detail, statusCode: status, extensions: [new("code", code)]);
}
