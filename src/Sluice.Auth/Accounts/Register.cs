using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Audit;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>A new account. The password is hashed also for an address that is known, so that time says no more than the answer.</summary>
internal sealed class Register(AuthDatabase database, AccountStore accounts, AllowedAddresses allowed, RateLimits rates, HashingGate gate, SessionIssuer sessions, Confirmations confirmations, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    public bool AnswersWithSession => options.Value.ConfirmsAtOnce;

    /// <returns>A session where accounts are confirmed at once; else nothing, whether or not there was one.</returns>
    public async Task<Outcome<Registration>> RunAsync(RegisterRequest request, Client client, CancellationToken cancellation)
    {
        var email = Identifiers.Normal(request.Email);
        var username = request.Username is null ? null : Identifiers.Normal(request.Username);
        if (!Identifiers.IsEmail(email))
        {
            return Refusal.EmailAddress;
        }

        if (ProfileRules.Check(request.Username, request.DisplayName, request.Metadata, database.Names, options.Value) is { } wrong)
        {
            return wrong;
        }

        if (PasswordRules.Check(request.Password, options.Value, email, username) is { } weak)
        {
            return weak;
        }

        if ((await rates.TakeAsync("register_client", ClientKey.Of(client.Ip), options.Value.RateLimits.RegistrationsPerClient, cancellation)
            ?? await confirmations.MayBeAskedByAsync(client, cancellation)) is { } tooMany)
        {
            return tooMany;
        }

        if (await gate.MakeAsync(request.Password, cancellation) is not { } hash)
        {
            return Refusal.Busy;
        }

        var user = new UserView(database.NewId(), email, username, request.DisplayName, "", false);
        return await AddAsync(user, hash, Metadata(request), request.DeviceName, client, cancellation) switch
        {
            _ when !AnswersWithSession => new Registration(null),
            { } session => new Registration(session.Tokens),
            // Here existence shows in any case: the other answer is a session. Whether an address is on the list shows to nobody.
            null => database.HasAllowList ? Refused : Known,
        };
    }

    private static Refusal Known { get; } = new(409, "user_already_exists", "User already registered");

    private static Refusal Refused { get; } = new(403, "registration_refused", "There is an account with that address, or it may not have one.");

    private static string? Metadata(RegisterRequest request) => request.Metadata.ValueKind is JsonValueKind.Object ? request.Metadata.GetRawText() : null;

    // One transaction and as many round trips, whether or not there is such an account.
    private async Task<NewSession?> AddAsync(UserView user, string hash, string? metadata, string? device, Client client, CancellationToken cancellation)
    {
        string? role = null;
        NewSession? session = null;
        var happened = AuditEvent.Of("register_known", null, null, client);
        var mails = await confirmations.OfRegistrationAsync(user.Email, user.Username, hash, !AnswersWithSession, client, cancellation);
        await database.ChangeAsync(
            [allowed.Asking(user.Email), accounts.Adding(user, hash, metadata)],
            async reader =>
            {
                if (await reader.ReadAsync(cancellation) && !reader.GetBoolean(0))
                {
                    happened = AuditEvent.Of("register_not_allowed", null, null, client);
                }

                await reader.NextResultAsync(cancellation);
                role = await reader.ReadAsync(cancellation) ? reader.GetString(0) : null;
            },
            async () =>
            {
                if (role is not null)
                {
                    happened = AuditEvent.Of("register", user.Id, null, client) with { New = new JsonObject { ["email"] = user.Email, ["username"] = user.Username, ["displayName"] = user.DisplayName } };
                    session = AnswersWithSession ? await sessions.PrepareAsync(user with { Role = role }, hash, device, client, cancellation: cancellation) : null;
                }

                return [.. session is null ? Array.Empty<NpgsqlBatchCommand>() : [session.SigningIn, session.Beginning], .. mails, audit.Entry(happened)];
            },
            cancellation);
        confirmations.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return session;
    }
}

internal sealed record Registration(SessionTokens? Session);
