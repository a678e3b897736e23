using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Npgsql;
using Sluice.Diff;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>`migrate reset`: empties the datasource's schemas, and no others, and applies every migration again.</summary>
public static class Reset
{
    private const long ManyRows = 100_000;

    /// <summary>What a reset would destroy, to be shown before asking.</summary>
    public static Task<ResetPreview> PreviewAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await ConnectAsync(settings, cancellation);
            if (connection is null)
            {
                return new ResetPreview(settings.Schemas, 0, 0, []);
            }

            var held = await RowEstimate.ReadAsync(connection, [.. settings.Schemas, OwnTables.ArchiveSchema], ManyRows, cancellation);
            return new ResetPreview(settings.Schemas, held.Tables, held.Rows, Doubts(settings.Address, held));
        });

    /// <summary>Does it. The caller has consent.</summary>
    /// <param name="applyMigrations">False leaves the schemas empty.</param>
    public static Task<DeployResult> RunAsync(RunSettings settings, bool applyMigrations = true, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            await using var session = await RunSession.OpenOrCreateAsync(settings, cancellation);
            await OnlineUnderWay.RequireNoneAsync(session.Connection, cancellation);
            await RecordedRun.RunAsync(session.Connection, settings, run => EmptyAsync(session, run, folder, cancellation), cancellation);
            return applyMigrations
                ? await Deploy.ApplyPendingAsync(session, folder, cancellation)
                : new DeployResult(folder.Names.Length, [], [], [], [], session.DatabaseCreated);
        });

    private static async Task<bool> EmptyAsync(RunSession session, RecordedRun run, MigrationFolder folder, CancellationToken cancellation)
    {
        await EmptyAsync(session.Connection, session.Settings, cancellation);

        // What an interrupted migration had done is gone with the rest: it is not to be continued.
        await run.GiveUpAsync(session.HistoryOf(folder).Table, null, "emptied by a reset", cancellation);
        await run.NoteAsync($"emptied {string.Join(", ", session.Settings.Schemas)}");
        return true;
    }

    /// <summary>Drops the schemas with all they hold and makes the address's own again; one transaction, so that it happens or does not.</summary>
    internal static async Task EmptyAsync(NpgsqlConnection connection, RunSettings settings, CancellationToken cancellation)
    {
        var own = settings.Address.Schema;
        var script = new StringBuilder("BEGIN;");

        // Kept rows of the tables that go would come back into those that are made again.
        foreach (var schema in settings.Schemas.Add(OwnTables.ArchiveSchema))
        {
            script.Append(CultureInfo.InvariantCulture, $"DROP SCHEMA IF EXISTS {ServerConnection.Quote(schema)} CASCADE;");
        }

        script.Append(settings.Schemas.Contains(own)
            ? $"CREATE SCHEMA {ServerConnection.Quote(own)};"
            // The history alone lives there; the rest of that schema is not the datasource's.
            : $"DROP TABLE IF EXISTS {ServerConnection.Quote(own)}.{HistoryTable.Name}, {ServerConnection.Quote(own)}.{VersionTable.Name};");
        await using var command = new NpgsqlCommand(script.Append("COMMIT").ToString(), connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    // A database that does not exist yet holds nothing to lose.
    private static async Task<NpgsqlConnection?> ConnectAsync(RunSettings settings, CancellationToken cancellation)
    {
        try
        {
            return await RunSession.ConnectAsync(settings, settings.Address, cancellation);
        }
        catch (ProblemException missing) when (missing.Problem.Code == "P1003")
        {
            return null;
        }
    }

    private static ImmutableArray<string> Doubts(DatabaseAddress address, RowEstimate held)
    {
        var doubts = ImmutableArray.CreateBuilder<string>();
        if (address.Host is not ("localhost" or "127.0.0.1" or "::1" or "host.docker.internal") && !address.Host.StartsWith('/'))
        {
            doubts.Add($"the server `{address.Server}` is not this machine");
        }

        if (held.Rows >= ManyRows)
        {
            doubts.Add(string.Create(CultureInfo.InvariantCulture, $"it holds about {held.Rows} rows"));
        }

        if (held.Uncounted)
        {
            doubts.Add("this user may not see all its rows, so that nobody has counted them");
        }

        if (held.OtherClients > 0)
        {
            doubts.Add(string.Create(CultureInfo.InvariantCulture, $"{held.OtherClients} other client{(held.OtherClients == 1 ? " is" : "s are")} connected to the database"));
        }

        return doubts.ToImmutable();
    }
}

/// <param name="Schemas">The schemas that would be dropped.</param>
/// <param name="Tables">How many tables they hold.</param>
/// <param name="Rows">About how many rows; a table that the server knows nothing of yet is counted, as far as many.</param>
/// <param name="LooksLikeProduction">Why this does not look like a development database; empty when it does.</param>
public sealed record ResetPreview(ImmutableArray<string> Schemas, int Tables, long Rows, ImmutableArray<string> LooksLikeProduction);
