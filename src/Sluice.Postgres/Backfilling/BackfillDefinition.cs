using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backfilling;

/// <summary>A backfill that was understood: its table and key, and the SQL that goes over it.</summary>
/// <param name="Hash">Over everything that decides which rows become what, so that nothing else is continued under its name.</param>
internal sealed record BackfillDefinition(string Name, string Hash, BackfillTarget Target, BackfillSql Sql)
{
    /// <exception cref="ProblemException">SL5080 to SL5084: what is wrong with it.</exception>
    public static async Task<BackfillDefinition> ReadAsync(NpgsqlConnection connection, BackfillRequest request, DatabaseAddress address, CancellationToken cancellation)
    {
        var assignments = Fragments.Assignments(request.Set);
        if (request.Where is not null)
        {
            Fragments.RequireCondition(request.Where);
        }

        var target = await BackfillTarget.ReadAsync(connection, request.Table, address.Schema, cancellation);
        if (assignments.FirstOrDefault(a => target.Key.Any(k => k.Name == a.Column)) is { } moved)
        {
            throw new ProblemException(new Problem("SL5083", $"`{moved.Column}` belongs to the key in whose order the rows are gone through; a row whose key changes would come twice, or never.")
            {
                Remedies = ["Write the new values into a column of their own, and change the key over in a migration."],
            });
        }

        var typed = assignments.Select(a => (Assignment: a, Column: target.Columns.FirstOrDefault(c => c.Name == a.Column))).ToList();
        if (typed.Find(t => t.Column is null).Assignment is { } unknown)
        {
            throw new ProblemException(new Problem("SL5084", $"`{target.Table.Schema}.{target.Table.Name}` has no column `{unknown.Column}`.")
            {
                Remedies = ["Write it as in SQL: `\"emailLower\" = …` in double quotes where it has capitals.", "Or add it first: sluice migrate deploy"],
            });
        }

        var changesEachTime = await IsVolatileAsync(connection, request.Set, cancellation);
        var sql = new BackfillSql(target, [.. typed.Select(t => (t.Assignment, t.Column!.Type))], request.Where, changesEachTime);
        await TryAsync(connection, sql, address, cancellation);
        return new BackfillDefinition(
            request.Name ?? $"{target.Shown(address)}.{string.Join('+', assignments.Select(a => a.Column))}",
            HashOf([target.Table.Schema, target.Table.Name, .. target.Key.Select(k => k.Name), "", Fragments.Canonical(request.Set), Fragments.Canonical(request.Where)]),
            target,
            sql);
    }

    // `gen_random_uuid()` or `now()`: the value that is there is never the one that would be written.
    public static async Task<bool> IsVolatileAsync(NpgsqlConnection connection, string set, CancellationToken cancellation)
    {
        if (Fragments.AsksTheClock(set))
        {
            return true;
        }

        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_catalog.pg_proc WHERE provolatile = 'v' AND proname = ANY ($1::text[]))", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Fragments.Calls(set).ToArray() });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    // Names, types and rights are the server's to judge, and it does so before anything is remembered.
    private static async Task TryAsync(NpgsqlConnection connection, BackfillSql sql, DatabaseAddress address, CancellationToken cancellation)
    {
        try
        {
            var explain = new NpgsqlBatchCommand("EXPLAIN " + sql.Change);
            BackfillSql.Bind(explain.Parameters, sql.NoKey, sql.NoKey);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { BackfillSql.Settings(address.Schema), explain } };
            await batch.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException refused) when (refused.SqlState is not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.QueryCanceled))
        {
            throw new ProblemException(Refused(refused, address, ""), refused);
        }
    }

    /// <param name="where">Which rows, and what has been done.</param>
    public static Problem Refused(PostgresException refused, DatabaseAddress address, string where) => new(
        "SL5085", $"The server refuses what is to be written{where}: {refused.SqlState} {Redaction.Clean(refused.MessageText, address)}{(refused.Hint is null ? "" : "\n" + refused.Hint)}")
    {
        Remedies = refused.SqlState is PostgresErrorCodes.InsufficientPrivilege
            ? [MissingRight.Remedy(refused.MessageText, address)]
            : where.Length > 0
                ? ["Mend that row, then run the same command again: it goes on where it stopped.", "Or leave such rows out by `--where`, which is another backfill, under another `--name`."]
                : ["Correct `--set` or `--where`; nothing was changed."],
    };

    private static string HashOf(ImmutableArray<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(parts.Select(p => $"{p.Length}:{p}")))));
}
