using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>What a run is about to do, with the session that holds its lock: for those who look before and after.</summary>
public sealed class RunAhead
{
    internal RunAhead(RunSettings settings, NpgsqlConnection connection, ImmutableArray<MigrationFile> migrations)
    {
        Settings = settings;
        Connection = connection;
        Migrations = migrations;
    }

    public RunSettings Settings { get; }

    /// <summary>The scripts, up or down, in the order in which they run.</summary>
    public ImmutableArray<MigrationFile> Migrations { get; }

    internal NpgsqlConnection Connection { get; }

    /// <summary>Looks without a run and without its lock, for a rehearsal; null where there is no database yet.</summary>
    public static Task<T?> LookAsync<T>(RunSettings settings, ImmutableArray<MigrationFile> migrations, Func<RunAhead, Task<T?>> look, CancellationToken cancellation)
        where T : class =>
        Operation.RunAsync<T?>(settings, async () =>
        {
            try
            {
                await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
                return await look(new RunAhead(settings, connection, migrations));
            }
            catch (Connecting.ProblemException missing) when (missing.Problem.Code == "P1003")
            {
                return null;
            }
        });
}
