using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>What `up` would do, found out on a connection that the server keeps from writing.</summary>
public static class Rehearsal
{
    /// <exception cref="ProblemException">What would stop the run before its first statement: P3005, P3009, P3015, P3017, SL5022, SL5036.</exception>
    public static Task<RehearsalReport> RunAsync(RunSettings settings, string? to = null, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            var last = Deploy.LastOf(folder, to);
            await using var session = await OpenAsync(settings, cancellation);
            var state = session is null ? HistoryState.Compare(folder, null) : await session.ReadHistoryAsync(folder, cancellation);
            Superseding.RequireWhole(folder, state);
            if (session is not null && !state.TableExists
                && await HistoryTable.OtherTablesAsync(session.Connection, session.AllSchemas, cancellation) is { IsEmpty: false } tables)
            {
                throw new ProblemException(HistoryProblems.NotEmpty(tables, folder));
            }

            if (session is not null)
            {
                var unfinished = await Unfinished.ReadAsync(session, folder, state, cancellation);
                unfinished.RequireNothingHalfUndone();
                await unfinished.RequireProvedAsync(session, state, folder, cancellation);
            }

            return new RehearsalReport(folder.Names.Length, folder.Layout, Deploy.PendingOf(folder, state, last), state, session is null);
        });

    private static async Task<RunSession?> OpenAsync(RunSettings settings, CancellationToken cancellation)
    {
        try
        {
            var session = await RunSession.OpenAsync(settings, cancellation);
            await using var command = new NpgsqlCommand("SET default_transaction_read_only = on", session.Connection);
            await command.ExecuteNonQueryAsync(cancellation);
            return session;
        }
        catch (ProblemException missing) when (missing.Problem.Code == "P1003")
        {
            return null;
        }
    }
}

/// <param name="Found">How many migrations the folder has.</param>
/// <param name="Pending">What would be applied, in order.</param>
/// <param name="DatabaseMissing">The run would create the database first.</param>
public sealed record RehearsalReport(int Found, MigrationLayout Layout, ImmutableArray<MigrationFile> Pending, HistoryState History, bool DatabaseMissing);
