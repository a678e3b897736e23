using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Online;

/// <summary>What is on the live tables and would not do what it does now while two versions of a row are kept.</summary>
internal static class OnlineGuards
{
    // BEFORE … FOR EACH ROW, of INSERT or UPDATE: on tables that are to have our triggers, and on those that have them.
    private const string Triggers = """
        SELECT pg_catalog.string_agg(pg_catalog.format('`%s` of `%s`', t.tgname, t.tgrelid::pg_catalog.regclass), ', ' ORDER BY t.tgname)
        FROM pg_catalog.pg_trigger t
        WHERE NOT t.tgisinternal AND t.tgtype::int4 & 3 = 3 AND t.tgtype::int4 & 20 <> 0 AND t.tgname <> ALL ($2::pg_catalog.name[])
          AND (t.tgrelid = ANY ($1::pg_catalog.regclass[]::oid[]) OR EXISTS (SELECT FROM pg_catalog.pg_trigger o WHERE o.tgrelid = t.tgrelid AND o.tgname = ANY ($2::pg_catalog.name[])))
        """;

    /// <exception cref="ProblemException">SL5123: a trigger writes into rows before ours does, and sees one version of them only.</exception>
    public static async Task RequireNoTriggersAsync(NpgsqlConnection connection, VersionPlan plan, CancellationToken cancellation)
    {
        if (await TriggersAsync(connection, plan.Tables.Where(t => t.HasTrigger).Select(t => Spelling.Quote(t.Old)), cancellation) is { } found)
        {
            throw Unfit(
                $"Triggers write into rows before they are stored, and would see the values of one version only: {found}.",
                "Move what it does into the statements of the clients, or into a generated column, and drop it in a migration before.",
                "Or apply the migration plainly, when nobody works: sluice migrate deploy");
        }
    }

    /// <summary>The same of those that somebody has made since it began.</summary>
    /// <exception cref="ProblemException">SL5123.</exception>
    public static async Task RequireNoNewTriggersAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (await TriggersAsync(connection, [], cancellation) is { } found)
        {
            throw Unfit(
                $"Triggers were made meanwhile that write into rows before they are stored, and see the values of one version only: {found}. What was done stays done.",
                "Drop it, then run this command again: it goes on, and looks at every row. Make it anew when the change is over.",
                "Or give the change up: sluice migrate online rollback");
        }
    }

    private static async Task<string?> TriggersAsync(NpgsqlConnection connection, IEnumerable<string> tables, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Triggers, connection) { Parameters = { new NpgsqlParameter { Value = tables.ToArray() }, new NpgsqlParameter { Value = TriggerSql.Names.ToArray() } } };
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    /// <summary>The migration, or what it meets, cannot be carried out online.</summary>
    public static ProblemException Unfit(string what, params ImmutableArray<string> remedies) => new(new Problem("SL5123", what) { Remedies = remedies });
}
