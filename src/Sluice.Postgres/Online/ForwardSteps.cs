using System.Collections.Immutable;
using static Sluice.Postgres.Online.OnlineStepKind;
using static Sluice.Postgres.Online.Spelling;

namespace Sluice.Postgres.Online;

/// <summary>From the version before to both: expand, dual write, backfill, verify, switch.</summary>
internal static class ForwardSteps
{
    public static ImmutableArray<OnlineStep> Of(VersionPlan plan)
    {
        var written = plan.Tables.Where(t => t.Forward.Any()).ToList();
        return
        [
            new(OnlineState.Expand, Transaction, $"schema {plan.Schema}", [], [$"CREATE SCHEMA {Quote(plan.Schema)}", SchemaRights(plan), .. plan.Enums.Select(e => Enum(plan, e))]),
            .. plan.Tables.Where(t => t.Columns.Any(IsMade)).Select(t => new OnlineStep(OnlineState.Expand, Transaction, $"columns of {t.Old.Name}", [Quote(t.Old)], [AddColumns(t), .. ColumnRights(t)])),
            .. plan.Tables.Where(t => t.HasTrigger).Select(t => new OnlineStep(
                OnlineState.DualWrite, Transaction, $"trigger of {t.Old.Name}", [Quote(t.Old)],
                [TriggerSql.OneWay(plan, t), .. TriggerSql.Create(plan, t), .. t.Forward.Where(c => c.Required).Select(c => AddCheck(t, c))])),
            .. written.Select(t => new OnlineStep(
                OnlineState.Backfill, Backfill, $"rows of {t.Old.Name}", [t.Old.Name], [string.Join(", ", t.Forward.Select(RowSql.Assignment))])),
            .. plan.Tables.SelectMany(t => t.Indexes.Select(i => new OnlineStep(OnlineState.Verify, OnlineStepKind.Index, $"index {i.Name}", [Quote(t.Old with { Name = i.Temporary })], [i.Sql]))),
            .. written.SelectMany(t => t.Forward.Where(c => c.Required).Select(c => new OnlineStep(
                OnlineState.Verify, Patient, $"no NULL in {t.New.Name}.{c.New}", [], [$"ALTER TABLE {Quote(t.Old)} VALIDATE CONSTRAINT {Quote(CheckName(t, c))}"]))),
            .. plan.Tables.SelectMany(t => t.Keys.Select(k => new OnlineStep(OnlineState.Verify, Transaction, $"foreign key {k.Name}", [Quote(t.Old), Quote(k.Other)], [k.Sql]))),
            .. plan.Tables.SelectMany(t => t.Keys.Select(k => new OnlineStep(
                OnlineState.Verify, Patient, $"rows of foreign key {k.Name}", [], [$"ALTER TABLE {Quote(t.Old)} VALIDATE CONSTRAINT {Quote(k.Temporary)}"]))),
            .. written.Select(t => new OnlineStep(
                OnlineState.Verify, Patient, $"statistics of {t.Old.Name}", [], [$"ANALYZE {Quote(t.Old)} ({string.Join(", ", t.Forward.Select(c => Quote(c.Physical)))})"])),
            .. written.Select(t => new OnlineStep(OnlineState.Verify, Check, $"both versions of the rows of {t.Old.Name}", [], [new RowSql(t).Disagrees(bothWrite: false)])),
            // Whoever has a row open that the trigger wrote one way only is waited for.
            new(OnlineState.Switch, Transaction, $"views in {plan.Schema}", [.. plan.Tables.Where(t => t.HasTrigger).Select(t => Quote(t.Old))],
            [
                .. plan.Tables.Where(t => t.HasTrigger).Select(t => $"LOCK TABLE {Quote(t.Old)} IN SHARE ROW EXCLUSIVE MODE"),
                .. plan.Tables.SelectMany(t => Serve(plan, t)),
            ]),
        ];
    }

    /// <summary>The constraint that stands for NOT NULL until the contraction; it is validated without a lock that others feel.</summary>
    public static string CheckName(TableVersions table, ColumnVersions column) => Cut($"sluice_required_{column.Physical}");

    private static bool IsMade(ColumnVersions column) => column.IsAdded || column.IsDouble;

    private static string Enum(VersionPlan plan, NewEnum made) =>
        $"CREATE TYPE {Quote(plan.Schema)}.{Quote(made.Name.Name)} AS ENUM ({string.Join(", ", made.Values.Select(Literal))})";

    // What the trigger writes has no default of its own: an INSERT of the version before is known by the value that is not there.
    private static string AddColumns(TableVersions table) =>
        $"ALTER TABLE {Quote(table.Old)} " + string.Join(", ", table.Columns.Where(IsMade).Select(c =>
            $"ADD COLUMN {Quote(c.Physical)} {c.NewType}{(c.IsWrittenForward ? "" : (c.Default is null ? "" : $" DEFAULT {c.Default}") + (c.Required ? " NOT NULL" : ""))}"));

    private static string AddCheck(TableVersions table, ColumnVersions column) =>
        $"ALTER TABLE {Quote(table.Old)} ADD CONSTRAINT {Quote(CheckName(table, column))} CHECK ({Quote(column.Physical)} IS NOT NULL) NOT VALID";

    private static IEnumerable<string> Serve(VersionPlan plan, TableVersions table)
    {
        if (table.HasTrigger)
        {
            yield return TriggerSql.BothWays(plan, table);
        }

        if (!table.IsVersioned)
        {
            yield break;
        }

        var view = $"{Quote(plan.Schema)}.{Quote(table.New.Name)}";
        var columns = table.Columns.Where(c => c.New is not null).ToList();
        yield return $"CREATE VIEW {view}{(plan.AsInvoker ? " WITH (security_invoker = true)" : "")} AS SELECT {string.Join(", ", columns.Select(c => $"t.{Quote(c.Physical)} AS {Quote(c.New!)}"))}{RowVersion(columns)} FROM {Quote(table.Old)} AS t";
        foreach (var column in columns.Where(c => c.Default is not null && c.Sequence is null && (c.IsWrittenForward || c.DefaultDiffers)))
        {
            yield return $"ALTER VIEW {view} ALTER COLUMN {Quote(column.New!)} SET DEFAULT {column.Default}";
        }

        foreach (var right in ViewRights(plan, table))
        {
            yield return right;
        }
    }

    // Clients that tell by `xmin` whether somebody else has changed a row find it in the view as in the table.
    private static string RowVersion(IEnumerable<ColumnVersions> columns) => columns.Any(c => c.New == "xmin") ? "" : ", t.xmin AS xmin";

    /// <summary>What others may do with a sequence, they may do with the one that takes its place.</summary>
    public static string SequenceRights(string old, string made) => Rights(
        $"SELECT a.grantee, a.privilege_type FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a WHERE c.oid = {Literal(old)}::pg_catalog.regclass::oid",
        $"ON SEQUENCE {made}");

    private static string SchemaRights(VersionPlan plan) => Rights(
        $"SELECT a.grantee, 'USAGE' AS privilege_type FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) a WHERE n.nspname = {Literal(plan.Base)} AND a.privilege_type = 'USAGE'",
        $"USAGE ON SCHEMA {Quote(plan.Schema)}");

    private static IEnumerable<string> ViewRights(VersionPlan plan, TableVersions table)
    {
        var view = $"{Quote(plan.Schema)}.{Quote(table.New.Name)}";
        yield return Rights(
            $"SELECT a.grantee, a.privilege_type FROM pg_catalog.pg_class c, pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) a WHERE c.oid = {Literal(Quote(table.Old))}::pg_catalog.regclass::oid AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')",
            $"ON {view}");
        foreach (var column in table.Columns.Where(c => c.New is not null))
        {
            yield return ColumnRight(table, column.Old ?? column.Physical, view, column.New!);
        }
    }

    private static IEnumerable<string> ColumnRights(TableVersions table) =>
        table.Columns.Where(c => c.IsDouble).Select(c => ColumnRight(table, c.Old!, Quote(table.Old), c.Physical));

    private static string ColumnRight(TableVersions table, string of, string on, string column) => Rights(
        $"SELECT a.grantee, a.privilege_type || {Literal($" ({Quote(column)})")} AS privilege_type FROM pg_catalog.pg_attribute c, pg_catalog.aclexplode(c.attacl) a WHERE c.attrelid = {Literal(Quote(table.Old))}::pg_catalog.regclass::oid AND c.attname = {Literal(of)} AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE')",
        $"ON {on}");

    // Roles are asked for where it runs: no history knows them.
    private static string Rights(string grants, string on)
    {
        var what = on.StartsWith("ON ", StringComparison.Ordinal) ? "g.privilege_type || " + Literal($" {on} TO ") : Literal($"{on} TO ");
        return "DO " + Literal($"""
            DECLARE g record;
            BEGIN
            FOR g IN SELECT x.privilege_type, CASE WHEN x.grantee = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident(r.rolname) END AS who
                FROM ({grants}) AS x LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.grantee WHERE x.grantee = 0::oid OR r.rolname <> current_user
            LOOP EXECUTE 'GRANT ' || {what} || g.who; END LOOP;
            END
            """);
    }
}
