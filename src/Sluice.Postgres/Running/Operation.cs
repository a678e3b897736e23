using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>The border of every operation: what the server says outside a script becomes a problem with a remedy.</summary>
internal static class Operation
{
    public static async Task<T> RunAsync<T>(RunSettings settings, Func<Task<T>> body)
    {
        try
        {
            return await body();
        }
        catch (NpgsqlException failure)
        {
            throw new ProblemException(ProblemOf(failure, settings), failure);
        }
    }

    public static Problem ProblemOf(NpgsqlException failure, RunSettings settings) =>
        failure is PostgresException { SqlState: LeaseTable.Lost } refused ? Lease.LostProblem(refused) : ConnectionProblems.DuringRun(failure, settings.Address);
}
