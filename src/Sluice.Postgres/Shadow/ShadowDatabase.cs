using System.Globalization;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow.Cache;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Shadow;

/// <summary>A scratch database to replay migrations in. One that was created here is dropped at the end, whatever happens.</summary>
internal sealed class ShadowDatabase : IAsyncDisposable
{
    private readonly RunSettings settings;
    private readonly NpgsqlConnection? creator;
    private readonly string name;
    private ScriptSession? scripts;
    private bool kept;

    private ShadowDatabase(RunSettings settings, NpgsqlConnection? creator, string name)
    {
        this.settings = settings;
        this.creator = creator;
        this.name = name;
    }

    /// <summary>A new database on the main server, or the configured one, wiped.</summary>
    /// <exception cref="ProblemException">P3014: it cannot be created; SL5005: the configured one is the main database.</exception>
    public static async Task<ShadowDatabase> OpenAsync(RunSettings settings, CancellationToken cancellation) =>
        settings.ShadowAddress is { } configured
            ? await OpenConfiguredAsync(settings, configured, cancellation)
            : await CreateAsync(settings, null, 0, cancellation);

    /// <summary>The same, begun with the longest part of the replay that is kept on the server, of at most <paramref name="most"/> migrations.</summary>
    public static async Task<ShadowDatabase> OpenAsync(RunSettings settings, ReplayKeys? keys, int most, CancellationToken cancellation) =>
        settings is { ShadowAddress: null, KeepsShadows: true }
            ? await CreateAsync(settings, keys, most, cancellation)
            : await OpenAsync(settings, cancellation);

    /// <summary>How many migrations were in it when it was made.</summary>
    public int Begun { get; private set; }

    /// <summary>Leaves it on the server as what later replays begin with, where that is worth it. True when it was closed for that.</summary>
    /// <param name="count">The migrations in it, and nothing else is.</param>
    public async Task<bool> KeepAsync(ReplayKeys? keys, int count, CancellationToken cancellation)
    {
        if (creator is null || keys is null || !settings.KeepsShadows || count - Begun < ShadowTemplates.WorthAfter)
        {
            return false;
        }

        // A template has no sessions.
        await scripts!.DisposeAsync();
        scripts = null;
        kept = await ShadowTemplates.KeepAsync(creator, name, keys.After[count], settings.Clock.GetUtcNow(), cancellation);
        return true;
    }

    /// <summary>Runs one script as if it were alone in a new session.</summary>
    public async Task<ScriptFailure?> RunAsync(string script, CancellationToken cancellation)
    {
        await scripts!.RefreshAsync(cancellation);
        return await new ScriptRunner(scripts, Segmentation.Of(script)).RunAsync(cancellation);
    }

    /// <summary>The same for one that may fail: nothing of it stays then, and others can be run after it.</summary>
    public async Task<ScriptFailure?> TryAsync(string script, CancellationToken cancellation)
    {
        var failure = await RunAsync(script, cancellation);
        if (failure is { ConnectionLost: false })
        {
            await using var rollback = new NpgsqlCommand("ROLLBACK", scripts!.Connection);
            await rollback.ExecuteNonQueryAsync(cancellation);
        }

        return failure;
    }

    public async Task<Database> ReadAsync(CancellationToken cancellation)
    {
        await scripts!.RefreshAsync(cancellation);
        return await SeenCatalog.ReadAsync(settings, scripts.Connection, cancellation);
    }

    public DatabaseAddress Address => scripts!.Address;

    /// <summary>Its session, as a new one, for questions that only this database can answer.</summary>
    public async Task<NpgsqlConnection> SessionAsync(CancellationToken cancellation)
    {
        await scripts!.RefreshAsync(cancellation);
        return scripts.Connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (scripts is not null)
        {
            await scripts.DisposeAsync();
        }

        if (creator is not null)
        {
            await using (creator)
            {
                try
                {
                    // Also after Ctrl-C: no token. FORCE ends what a cancelled statement has not ended yet.
                    if (!kept)
                    {
                        await DropAsync(creator, name, CancellationToken.None);
                    }
                }
                catch (NpgsqlException)
                {
                    // The connection is gone, and what made it go is the error to tell. The next run knows the database by its name.
                }
            }
        }
    }

    private static async Task DropAsync(NpgsqlConnection server, string database, CancellationToken cancellation)
    {
        var force = server.PostgreSqlVersion.Major >= 13 ? " WITH (FORCE)" : "";
        await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {ServerConnection.Quote(database)}{force}", server);
        await drop.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<ShadowDatabase> CreateAsync(RunSettings settings, ReplayKeys? keys, int most, CancellationToken cancellation)
    {
        var creator = await ConnectAsync(settings, cancellation);
        var name = LeftoverShadows.NewName(settings.Clock.GetUtcNow());
        var shadow = new ShadowDatabase(settings, creator, name);
        try
        {
            await LeftoverShadows.DropAsync(creator, settings, cancellation);
            shadow.Begun = keys is null ? 0 : await CopyAsync(creator, name, keys, most, settings, cancellation);
            if (shadow.Begun == 0)
            {
                await CreateAsync(creator, name, settings.Address, cancellation);
            }

            settings.Progress?.Report(new RunEvent.ShadowCreated(name));
            await shadow.ConnectAsync(settings.Address with { Database = name }, cancellation);
            return shadow;
        }
        catch
        {
            await shadow.DisposeAsync();
            throw;
        }
    }

    private static async Task<ShadowDatabase> OpenConfiguredAsync(RunSettings settings, DatabaseAddress configured, CancellationToken cancellation)
    {
        var address = configured with { Schema = settings.Address.Schema };
        if (IsSame(address, settings.Address))
        {
            throw SameAsMain(address);
        }

        var shadow = new ShadowDatabase(settings, null, address.Database);
        try
        {
            await shadow.ConnectAsync(address, cancellation);
            await ShadowWipe.RunAsync(shadow.scripts!.Connection, settings, cancellation);
            return shadow;
        }
        catch
        {
            await shadow.DisposeAsync();
            throw;
        }
    }

    // Losing a scratch database to a power cut costs nothing, so its commits need not wait for the disk.
    private async Task ConnectAsync(DatabaseAddress address, CancellationToken cancellation)
    {
        scripts = await ScriptSession.OpenAsync(
            settings with { Progress = null },
            address with { Options = $"{address.Options} -c synchronous_commit=off".Trim() },
            cancellation);
        if (address.Schema != "public")
        {
            await using var create = new NpgsqlCommand($"CREATE SCHEMA IF NOT EXISTS {ServerConnection.Quote(address.Schema)}", scripts.Connection);
            await create.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>A session on the server that shadow databases are on.</summary>
    public static Task<NpgsqlConnection> ServerAsync(RunSettings settings, CancellationToken cancellation) =>
        settings.ShadowAddress is { } configured ? RunSession.ConnectAsync(settings, configured, cancellation) : ConnectAsync(settings, cancellation);

    private static async Task<NpgsqlConnection> ConnectAsync(RunSettings settings, CancellationToken cancellation)
    {
        try
        {
            return await RunSession.ConnectAsync(settings, settings.Address, cancellation);
        }
        catch (ProblemException missing) when (missing.Problem.Code == "P1003")
        {
            return await ServerConnection.OpenMaintenanceAsync(settings.Address, cancellation);
        }
    }

    private static async Task CreateAsync(NpgsqlConnection creator, string name, DatabaseAddress address, CancellationToken cancellation)
    {
        const int Attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var create = new NpgsqlCommand($"CREATE DATABASE {ServerConnection.Quote(name)}", creator);
                await create.ExecuteNonQueryAsync(cancellation);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse && attempt < Attempts)
            {
                // Someone else copies template1 at this moment.
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), cancellation);
            }
            catch (PostgresException refused)
            {
                throw new ProblemException(
                    new Problem("P3014", $"The shadow database, in which the migrations are replayed, could not be created: {refused.SqlState} {refused.MessageText}")
                    {
                        Remedies =
                        [
                            $"Give the user the right: ALTER ROLE {ServerConnection.Quote(address.User ?? "user")} CREATEDB;",
                            "Or name an empty database for it: `shadowDatabaseUrl` in the schema, or SHADOW_DATABASE_URL.",
                        ],
                    },
                    refused);
            }
        }
    }

    /// <summary>Copies the longest replay that is kept; 0 where there is none.</summary>
    private static async Task<int> CopyAsync(NpgsqlConnection creator, string name, ReplayKeys keys, int most, RunSettings settings, CancellationToken cancellation)
    {
        if (await ShadowTemplates.FindAsync(creator, keys, most, cancellation) is not var (template, count))
        {
            return 0;
        }

        try
        {
            await using var copy = new NpgsqlCommand($"CREATE DATABASE {ServerConnection.Quote(name)} TEMPLATE {ServerConnection.Quote(template)}", creator);
            await copy.ExecuteNonQueryAsync(cancellation);
            await ShadowTemplates.TouchAsync(creator, template, settings.Clock.GetUtcNow(), cancellation);
            settings.Progress?.Report(new RunEvent.ShadowReused(template, count));
            return count;
        }
        catch (PostgresException gone) when (gone.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.ObjectInUse)
        {
            // Another run has dropped it since, or does so now.
            return 0;
        }
    }

    private static bool IsSame(DatabaseAddress shadow, DatabaseAddress main) =>
        Host(shadow) == Host(main) && shadow.Port == main.Port && shadow.Database == main.Database;

    private static string Host(DatabaseAddress address) =>
        address.Host is "127.0.0.1" or "::1" ? "localhost" : address.Host.ToLower(CultureInfo.InvariantCulture);

    internal static ProblemException SameAsMain(DatabaseAddress address) => new(new Problem(
        "SL5005",
        $"The shadow database you configured is the main database, `{address.Database}` at `{address.Server}`; it would be wiped.")
    {
        Remedies = ["Name another database, which may be emptied at any time.", "Or remove the setting: then one is created and dropped each time."],
    });
}
