using System.Collections.Immutable;
using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Doctor;

/// <summary>`doctor --fix`: what can be put right beside everybody's work, and loses nothing.</summary>
public static class Mending
{
    // What a failed CONCURRENTLY leaves has its own index's name with an end of the server's; it was never more than a half of that one.
    // The server cuts a long name before that end, so that it fits into 63 bytes: up to 3 fewer where it would split a character.
    private const string Indexes =
        """
        SELECT 'invalid indexes', format(CASE WHEN l.base IS NULL THEN 'REINDEX INDEX CONCURRENTLY %I.%I' ELSE 'DROP INDEX CONCURRENTLY %I.%I' END, n.nspname, c.relname),
               CASE WHEN t.relkind = 'r' THEN format('LOCK TABLE ONLY %I.%I IN SHARE UPDATE EXCLUSIVE MODE', tn.nspname, t.relname) END,
               coalesce(l.base, i.indexrelid)::bigint
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
        LEFT JOIN LATERAL (
          SELECT o.indexrelid AS base
          FROM pg_catalog.pg_index o JOIN pg_catalog.pg_class b ON b.oid = o.indexrelid
          CROSS JOIN LATERAL (SELECT regexp_replace(c.relname::text, '_cc(new|old)[0-9]*$', '') AS cut) s
          WHERE o.indrelid = i.indrelid AND c.relname ~ '_cc(new|old)[0-9]*$'
            AND (b.relname::text = s.cut
              OR octet_length(c.relname::text) >= 60 AND starts_with(b.relname::text, s.cut) AND b.relname !~ '_cc(new|old)[0-9]*$' AND o.indkey::text = i.indkey::text)
          ORDER BY b.relname::text <> s.cut LIMIT 1) l ON true
        WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname !~ '^pg_toast|^pg_temp'
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
        ORDER BY l.base IS NULL, 2
        """;

    private const string Constraints =
        """
        SELECT 'constraints', format('ALTER TABLE %I.%I VALIDATE CONSTRAINT %I', n.nspname, c.relname, k.conname), NULL::text, 0::bigint
        FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT k.convalidated AND k.conparentid = 0 AND coalesce(to_jsonb(k) ->> 'conenforced', 'true') = 'true' ORDER BY 2
        """;

    private const string Statistics =
        """
        SELECT 'statistics', format('ANALYZE (SKIP_LOCKED) %I.%I', s.schemaname, s.relname), NULL::text, 0::bigint
        FROM pg_catalog.pg_stat_user_tables s JOIN pg_catalog.pg_class c ON c.oid = s.relid
        WHERE s.last_analyze IS NULL AND s.last_autoanalyze IS NULL AND c.relpersistence <> 't' AND s.n_live_tup >= $1 ORDER BY 2
        """;

    private const string Extensions =
        """
        SELECT 'extensions', format('ALTER EXTENSION %I UPDATE', e.extname), NULL::text, 0::bigint
        FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname WHERE a.default_version <> e.extversion ORDER BY 2
        """;

    private const string Held = "somebody holds it";

    // A statement that waits lets others queue behind it; what is held is left, and said.
    private const string Politeness = "SET statement_timeout = 0; SET lock_timeout = '5s'";

    // What goes CONCURRENTLY waits, with the lock that it has, for others' transactions to end; nobody's work waits for it meanwhile, and giving up loses an hour of it.
    private const string Patience = "SET statement_timeout = 0; SET lock_timeout = 0";

    /// <summary>The statements, in their order, with the check that each is for.</summary>
    /// <param name="extensions">Extensions as well: their new versions may behave in another way.</param>
    /// <exception cref="ProblemException">The server cannot be reached.</exception>
    public static Task<ImmutableArray<Remedy>> PlanAsync(RunSettings settings, bool extensions, HealthLimits limits, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return (await ReadAsync(connection, extensions, limits.Unanalyzed, cancellation)).Select(s => s.Remedy).ToImmutableArray();
        });

    /// <summary>Does them one by one under the lock of migrations, each in the journal; one that fails does not keep the others from being done.</summary>
    /// <param name="progress">Told after each.</param>
    public static Task<ImmutableArray<Mended>> RunAsync(RunSettings settings, ImmutableArray<Remedy> plan, IProgress<Mended> progress, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            return await RecordedRun.RunAsync(session.Connection, settings, async run =>
            {
                await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
                var done = ImmutableArray.CreateBuilder<Mended>();
                foreach (var remedy in plan)
                {
                    var started = Stopwatch.GetTimestamp();
                    var refused = await MendAsync(connection, run, settings, remedy, cancellation);
                    done.Add(new Mended(remedy, Stopwatch.GetElapsedTime(started), refused));
                    progress.Report(done[^1]);
                }

                return done.ToImmutable();
            }, cancellation);
        });

    // It was planned before the question, the wait for the lock, and what was mended before it: it is done if that is still so.
    private static async Task<string?> MendAsync(NpgsqlConnection connection, RecordedRun run, RunSettings settings, Remedy remedy, CancellationToken cancellation)
    {
        var before = await ReadAsync(connection, extensions: true, unanalyzed: 0, cancellation);
        if (before.FirstOrDefault(s => s.Remedy == remedy) is not { } step)
        {
            return await NoteAsync(run, settings, remedy, "there is no need of it any more");
        }

        var refused = await NoteAsync(run, settings, remedy, await TryAsync(connection, step, cancellation));
        if (refused is null || !remedy.Sql.StartsWith("REINDEX", StringComparison.Ordinal))
        {
            return refused;
        }

        // One that fails leaves one more invalid index, which was not there before.
        foreach (var leftover in (await ReadAsync(connection, extensions: false, long.MaxValue, cancellation)).Where(s => s.Index == step.Index && s.Remedy != remedy && !before.Contains(s)))
        {
            var stays = await NoteAsync(run, settings, leftover.Remedy, await TryAsync(connection, leftover, cancellation));
            refused += stays is null ? "" : $"; what it left stays ({stays}): {leftover.Remedy.Sql}";
        }

        return refused;
    }

    private static async Task<string?> NoteAsync(RecordedRun run, RunSettings settings, Remedy remedy, string? refused)
    {
        var clean = refused is null ? null : Redaction.Clean(refused, settings.Address);
        await run.NoteAsync(clean is null ? $"fixed: {remedy.Sql}" : $"not fixed: {remedy.Sql}: {clean}");
        return clean;
    }

    /// <returns>Null when it is done, else why not.</returns>
    private static async Task<string?> TryAsync(NpgsqlConnection connection, Step step, CancellationToken cancellation)
    {
        // ANALYZE warns of a table that it leaves out, one that is held or another's, and succeeds.
        string? skipped = null;
        void Hear(object sender, NpgsqlNoticeEventArgs said) =>
            skipped = step.Remedy.Check != "statistics" || said.Notice.InvariantSeverity != "WARNING" ? skipped : said.Notice.SqlState == PostgresErrorCodes.LockNotAvailable ? Held : said.Notice.MessageText;
        connection.Notice += Hear;
        try
        {
            await ExecuteAsync(connection, Politeness, cancellation);
            if (step.Lock is { } once)
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellation);
                await ExecuteAsync(connection, once, cancellation);
                await transaction.CommitAsync(cancellation);
            }

            await ExecuteAsync(connection, step.Remedy.Sql.Contains(" CONCURRENTLY ", StringComparison.Ordinal) ? Patience : Politeness, cancellation);
            await ExecuteAsync(connection, step.Remedy.Sql, cancellation);
            return skipped;
        }
        catch (PostgresException refused) when (!cancellation.IsCancellationRequested)
        {
            return refused.SqlState == PostgresErrorCodes.LockNotAvailable ? Held : refused.Detail is { } detail ? $"{refused.MessageText}: {detail}" : refused.MessageText;
        }
        finally
        {
            connection.Notice -= Hear;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        // Every name in it comes quoted from the server. CommandTimeout 0: a large table takes its time.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<ImmutableArray<Step>> ReadAsync(NpgsqlConnection connection, bool extensions, long unanalyzed, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(FactQueries.NobodysFunctions), new(Indexes), new(Constraints), new(Statistics) } };
        batch.BatchCommands[3].Parameters.Add(new NpgsqlParameter { Value = unanalyzed });
        if (extensions)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Extensions));
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var steps = ImmutableArray.CreateBuilder<Step>();
        while (await reader.NextResultAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                steps.Add(new Step(new Remedy(reader.GetString(0), reader.GetString(1)), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetInt64(3)));
            }
        }

        return steps.ToImmutable();
    }

    /// <param name="Lock">What it takes first, and within seconds; null where nothing needs it.</param>
    /// <param name="Index">The index that it is for: a leftover's own one; 0 for what is no index.</param>
    private sealed record Step(Remedy Remedy, string? Lock, long Index);
}

/// <param name="Check">The check that finds what it is for.</param>
public sealed record Remedy(string Check, string Sql);

/// <param name="Refused">Why it was not done; null for done.</param>
public sealed record Mended(Remedy Remedy, TimeSpan Duration, string? Refused);
