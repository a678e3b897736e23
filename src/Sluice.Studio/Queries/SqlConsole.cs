using System.Collections.Immutable;
using System.Diagnostics;
using Npgsql;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;
using Sluice.Studio.Storage;

namespace Sluice.Studio.Queries;

/// <param name="Writes">What it changes is committed; otherwise the transaction cannot write.</param>
/// <param name="Seconds">How long a statement may take.</param>
/// <param name="Database">Its name as a person typed it, to write.</param>
internal sealed record ConsoleRequest(string Sql, bool Writes = false, int Seconds = 30, string? Database = null);

/// <param name="Statement">As it was written.</param>
/// <param name="Types">Of the columns, as SQL has them.</param>
/// <param name="Affected">-1 for a statement that changes no rows.</param>
internal sealed record ConsoleResult(
    string Statement, ImmutableArray<string> Columns, ImmutableArray<string> Types, ImmutableArray<ImmutableArray<string?>> Rows, bool HasMore, long Affected, double Milliseconds);

internal sealed record ConsoleAnswer(ImmutableArray<ConsoleResult> Results);

/// <param name="Analyzes">The statement is run, and what it did rolled back.</param>
internal sealed record ExplainRequest(string Sql, bool Analyzes = false, int Seconds = 30);

/// <summary>What somebody types. For reading unless they say otherwise, statement by statement, one transaction for all.</summary>
internal static class SqlConsole
{
    private const int MostRows = 1_000;
    private const int MostSeconds = 3_600;
    private const int MostCharacters = 8_000_000;
    private const int LongestCell = 100_000;

    public static Task<ConsoleAnswer> RunAsync(StudioDatabase database, ConsoleRequest request, CancellationToken cancellation)
    {
        var statements = Statements(request.Sql);
        var limit = Limit(request.Seconds);
        if (!request.Writes)
        {
            RequireReading(statements);
            return database.ReadAsync(limit, connection => AllAsync(connection, statements, request.Sql, false, cancellation), cancellation);
        }

        database.RequireName(request.Database);
        RequireOneTransaction(statements);
        return Segmentation.Of(request.Sql).Segments is [Segment.Alone]
            ? database.AloneAsync(limit, connection => AllAsync(connection, statements, request.Sql, true, cancellation), cancellation)
            : database.WriteAsync(limit, async connection => (await AllAsync(connection, statements, request.Sql, true, cancellation), true), cancellation);
    }

    /// <summary>The server's plan, as the JSON that it writes.</summary>
    public static Task<string> ExplainAsync(StudioDatabase database, ExplainRequest request, CancellationToken cancellation)
    {
        var statements = Statements(request.Sql);
        if (statements is not [var statement])
        {
            throw new RefusedException(400, "A plan is of one statement.", "Select one, or leave one in the console.");
        }

        RequireReading(statements);
        var options = request.Analyzes ? "ANALYZE, BUFFERS, FORMAT JSON" : "FORMAT JSON";
        return database.ReadAsync(Limit(request.Seconds), async connection =>
        {
            await using var explain = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand($"EXPLAIN ({options}) {statement.Text(request.Sql)}") } };
            return (string)(await explain.ExecuteScalarAsync(cancellation))!;
        }, cancellation);
    }

    private static ImmutableArray<SqlStatement> Statements(string sql) =>
        StatementSplitter.Split(sql) is [_, ..] statements ? statements : throw new RefusedException(400, "There is no statement.");

    private static TimeSpan Limit(int seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 1, MostSeconds));

    private static async Task<ConsoleAnswer> AllAsync(NpgsqlConnection connection, ImmutableArray<SqlStatement> statements, string sql, bool writes, CancellationToken cancellation)
    {
        var results = ImmutableArray.CreateBuilder<ConsoleResult>();
        foreach (var statement in statements)
        {
            // They were told apart as texts are with this setting, and must be read like that.
            if (connection.PostgresParameters.GetValueOrDefault("standard_conforming_strings") is not "on")
            {
                throw new RefusedException(400, "The console reads texts as `standard_conforming_strings = on` has them.", "Leave that setting as it is; E'…' has backslashes.");
            }

            var clock = Stopwatch.StartNew();
            var text = statement.Text(sql);
            var result = statement switch
            {
                { ReturnsRows: false } => await ChangeAsync(connection, text, cancellation),
                _ when !writes && IsQuery(statement, text) => await BeginningAsync(connection, text, cancellation),
                // Npgsql gives values as texts of commands alone, whose text it cuts: where it reads one otherwise than we do, a COMMIT would be let out.
                _ when !writes && text.Contains(';', StringComparison.Ordinal) => throw new RefusedException(400, "For reading, a statement of this kind is not sent with a semicolon in it.", "Ask by SELECT or Explain, or allow writing."),
                _ => await RowsAsync(connection, text, text, cancellation),
            };
            results.Add(result with { Milliseconds = clock.Elapsed.TotalMilliseconds });
        }

        return new ConsoleAnswer(results.ToImmutable());
    }

    private static bool IsQuery(SqlStatement statement, string text) => statement.Keywords is ["SELECT" or "WITH" or "VALUES" or "TABLE", ..] || text.StartsWith('(');

    // As a batch: Npgsql would cut a command's text at semicolons, and does not know every form that holds some.
    private static async Task<ConsoleResult> ChangeAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(sql) } };
        return new ConsoleResult(sql, [], [], [], false, await batch.ExecuteNonQueryAsync(cancellation), 0);
    }

    // By a cursor, which ends where nobody reads on: the answer may be as long as the table.
    private static async Task<ConsoleResult> BeginningAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using (var declare = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand($"DECLARE sluice_console NO SCROLL CURSOR FOR {sql}") } })
        {
            await declare.ExecuteNonQueryAsync(cancellation);
        }

        var result = await RowsAsync(connection, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"FETCH {MostRows + 1} FROM sluice_console"), sql, cancellation);
        await using var close = new NpgsqlCommand("CLOSE sluice_console", connection);
        await close.ExecuteNonQueryAsync(cancellation);
        return result;
    }

    private static async Task<ConsoleResult> RowsAsync(NpgsqlConnection connection, string sql, string shown, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var columns = Enumerable.Range(0, reader.FieldCount).ToArray();
        string[] types = [.. columns.Select(reader.GetDataTypeName)];
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<string?>>();
        var (more, length) = (false, 0);
        while (await reader.ReadAsync(cancellation))
        {
            more |= rows.Count == MostRows || length > MostCharacters;
            if (!more)
            {
                rows.Add([.. columns.Select(i => reader.IsDBNull(i) ? null : Beginning(reader.GetString(i)))]);
                length += rows[^1].Sum(c => c?.Length ?? 0);
            }
        }

        return new ConsoleResult(shown, [.. columns.Select(reader.GetName)], [.. types], rows.ToImmutable(), more, reader.RecordsAffected, 0);
    }

    private static string Beginning(string value) =>
        value.Length <= LongestCell ? value : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value[..LongestCell]}… ({value.Length} characters)");

    // The transaction refuses every write to the database; a file or a program of the server's machine it does not know.
    private static void RequireReading(ImmutableArray<SqlStatement> statements)
    {
        RequireOneTransaction(statements);
        if (statements.FirstOrDefault(s => s.Keywords is ["COPY" or "DO" or "CALL" or "LOAD", ..]) is { } other)
        {
            throw new RefusedException(400, $"{other.Keywords[0]} may reach outside of the transaction, and is none for reading.", "Allow writing to run it.");
        }
    }

    private static void RequireOneTransaction(ImmutableArray<SqlStatement> statements)
    {
        if (statements.Any(s => s.Transaction is not TransactionControl.None || s.Keywords is [("SAVEPOINT" or "RELEASE"), ..]))
        {
            throw new RefusedException(400, "The console's statements are one transaction, which it begins and ends itself.", "Leave BEGIN, COMMIT and ROLLBACK out.");
        }
    }
}
