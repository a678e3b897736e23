using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Maintaining;

/// <summary>Functions and procedures that clean up, by the names that a team gave them.</summary>
internal static class CleanUps
{
    private const string Find =
        """
        SELECT pg_catalog.format('%I.%I()', n.nspname, p.proname),
               CASE WHEN p.prokind = 'p' THEN pg_catalog.format('CALL %I.%I()', n.nspname, p.proname)
                    WHEN p.prorettype = 'void'::regtype::oid THEN pg_catalog.format('SELECT FROM (SELECT %I.%I()) AS done', n.nspname, p.proname)
                    WHEN p.proretset THEN pg_catalog.format('SELECT count(*)::text || '' rows'' FROM %I.%I()', n.nspname, p.proname)
                    ELSE pg_catalog.format('SELECT %I.%I()::text', n.nspname, p.proname) END
        FROM pg_catalog.pg_proc p
        JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE p.oid = pg_catalog.to_regprocedure($1)::oid AND p.prokind IN ('f', 'p')
        """;

    /// <exception cref="ProblemException">SL5702: there is none of that name without arguments.</exception>
    public static async Task<ImmutableArray<MaintenanceTask>> FindAsync(NpgsqlConnection connection, MaintenancePolicy policy, CancellationToken cancellation)
    {
        var tasks = ImmutableArray.CreateBuilder<MaintenanceTask>();
        foreach (var name in policy.CleanUp)
        {
            await using var find = new NpgsqlCommand(Find, connection) { Parameters = { new NpgsqlParameter { Value = name.EndsWith(')') ? name : name + "()" } } };
            await using var reader = await find.ExecuteReaderAsync(cancellation);
            tasks.Add(await reader.ReadAsync(cancellation)
                ? new MaintenanceTask.CleanUp(reader.GetString(0), reader.GetString(1), policy.CleanUpLimit)
                : throw new ProblemException(new Problem("SL5702", $"`maintain.cleanUp` names the function {name}, of which there is none without arguments.")
                {
                    Remedies = ["Correct its name in sluice.json; write one of another schema as `schema.function`."],
                }));
        }

        return tasks.ToImmutable();
    }
}
