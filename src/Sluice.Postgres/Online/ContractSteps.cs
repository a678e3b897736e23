using System.Collections.Immutable;
using static Sluice.Postgres.Online.OnlineStepKind;
using static Sluice.Postgres.Online.Spelling;

namespace Sluice.Postgres.Online;

/// <summary>
/// From both versions to the one after, and back to the one before. Nothing in either moves a row: columns are dropped and
/// renamed, indexes take the names of those they replace. Where a view was, clients of the version after find the table itself.
/// </summary>
internal static class ContractSteps
{
    public static ImmutableArray<OnlineStep> Of(VersionPlan plan) =>
    [
        .. plan.Tables.Where(t => t.Groups.Any(g => !g.Forward.IsEmpty && !g.Back.IsEmpty))
            .Select(t => new OnlineStep(OnlineState.Contract, Check, $"both versions of the rows of {t.Old.Name}", [Quote(t.Old)], [new RowSql(t).Disagrees(bothWrite: true)])),
        .. plan.Tables.SelectMany(t => t.OldKeys.Select(k => new OnlineStep(
            OnlineState.Contract, Transaction, $"foreign key {k} of before", [Quote(t.Old)], [$"ALTER TABLE {Quote(t.Old)} DROP CONSTRAINT {Quote(k)}"]))),
        .. plan.Tables.Where(t => t.IsContracted).Select(t => new OnlineStep(OnlineState.Contract, Transaction, $"table {t.New.Name}", [Quote(t.Old)], [.. Contract(plan, t)])),
        new(OnlineState.Contract, Transaction, $"end of {plan.Schema}", [],
        [
            .. plan.Tables.Where(t => t.HasTrigger).Select(t => $"DROP FUNCTION {Quote(TriggerSql.Function(plan, t))}()"),
            .. plan.Enums.SelectMany(e => new[] { $"DROP TYPE {Quote(e.Name)}", $"ALTER TYPE {Quote(plan.Schema)}.{Quote(e.Name.Name)} SET SCHEMA {Quote(e.Name.Schema)}" }),
            $"DROP SCHEMA {Quote(plan.Schema)}",
        ]),
    ];

    /// <summary>
    /// Whatever of the expansion is there goes; each may be done again. View and triggers of a table go in one transaction:
    /// no client of the version after meets a table that has lost one of them.
    /// </summary>
    public static ImmutableArray<OnlineStep> Back(VersionPlan plan, ImmutableArray<OnlineStep> forward)
    {
        return
        [
            .. plan.Tables.SelectMany(t => LossSteps.Of(t, Views())),
            .. plan.Tables.SelectMany(t => t.Keys.Select(k => Step(
                $"foreign key {k.Name}", [Quote(t.Old)], [(Of($"foreign key {k.Name}", t), $"ALTER TABLE {Quote(t.Old)} DROP CONSTRAINT IF EXISTS {Quote(k.Temporary)}")]))),
            .. plan.Tables.Select(t => Step(
                $"table {t.Old.Name}", [Quote(t.Old)],
                [
                    .. t.IsVersioned ? [(Views(), $"DROP VIEW IF EXISTS {Quote(plan.Schema)}.{Quote(t.New.Name)}")] : Array.Empty<(int, string)>(),
                    .. t.HasTrigger ? TriggerSql.Names.Select(n => (Of($"trigger of {t.Old.Name}", t), $"DROP TRIGGER IF EXISTS {Quote(n)} ON {Quote(t.Old)}")) : [],
                    .. t.Columns.Where(c => c.IsAdded || c.IsDouble).Select(c => (Of($"columns of {t.Old.Name}", t), $"ALTER TABLE {Quote(t.Old)} DROP COLUMN IF EXISTS {Quote(c.Physical)}")),
                ])),
            // Those over the columns that went are gone with them.
            .. plan.Tables.SelectMany(t => t.Indexes.Select(i => Step(
                $"index {i.Name}", [Quote(t.Old)], [(Index(t, i), $"DROP INDEX IF EXISTS {Quote(t.Old with { Name = i.Temporary })}")]))),
            Step($"end of {plan.Schema}", [],
            [
                .. plan.Tables.Where(t => t.HasTrigger).Select(t => (Of($"trigger of {t.Old.Name}", t), $"DROP FUNCTION IF EXISTS {Quote(TriggerSql.Function(plan, t))}()")),
                .. plan.Enums.Select(e => (0, $"DROP TYPE IF EXISTS {Quote(plan.Schema)}.{Quote(e.Name.Name)}")),
                (0, $"DROP SCHEMA IF EXISTS {Quote(plan.Schema)}"),
            ]),
        ];

        int Of(string title, TableVersions table) => At(s => s.Title == title && s.Tables is [var first, ..] && first == Quote(table.Old));
        int Views() => At(s => s.State == OnlineState.Switch);

        // One that is being built is there before its step is done.
        int Index(TableVersions table, NewIndex index) => At(s => s.Kind is OnlineStepKind.Index && s.Tables[0] == Quote(table.Old with { Name = index.Temporary })) - 1;

        int At(Func<OnlineStep, bool> isMeant) => forward.Index().First(s => isMeant(s.Item)).Index;
    }

    private static OnlineStep Step(string title, ImmutableArray<string> tables, ImmutableArray<(int After, string Sql)> statements) =>
        new(OnlineState.Rollback, Transaction, title, tables, [.. statements.Select(s => s.Sql)]) { Undoes = [.. statements.Select(s => s.After)] };

    // The view first, as clients lock it before its table.
    private static IEnumerable<string> Contract(VersionPlan plan, TableVersions table)
    {
        var name = Quote(table.Old);
        if (table.IsVersioned)
        {
            yield return $"DROP VIEW {Quote(plan.Schema)}.{Quote(table.New.Name)}";
        }

        if (table.HasTrigger)
        {
            foreach (var trigger in TriggerSql.Names)
            {
                yield return $"DROP TRIGGER {Quote(trigger)} ON {name}";
            }
        }

        if (table.OldPrimaryKey is { } key)
        {
            yield return $"ALTER TABLE {name} DROP CONSTRAINT {Quote(key)}";
        }

        foreach (var column in table.Forward.Where(c => c.Required))
        {
            // In this order: the constraint is what saves the server from looking at every row.
            yield return $"ALTER TABLE {name} ALTER COLUMN {Quote(column.Physical)} SET NOT NULL";
            yield return $"ALTER TABLE {name} DROP CONSTRAINT {Quote(ForwardSteps.CheckName(table, column))}";
        }

        foreach (var statement in table.Columns.Where(c => c.IsDouble && c.Sequence is not null).SelectMany(c => TakeSequence(name, c)))
        {
            yield return statement;
        }

        foreach (var column in table.Columns.Where(c => c.IsDouble || c.IsRemoved))
        {
            yield return $"ALTER TABLE {name} DROP COLUMN {Quote(column.Old!)}";
        }

        foreach (var column in table.Columns.Where(c => c.New is not null && c.Physical != c.New))
        {
            yield return $"ALTER TABLE {name} RENAME COLUMN {Quote(column.Physical)} TO {Quote(column.New!)}";
        }

        foreach (var column in table.Columns.Where(c => c.IsWrittenForward && c.Default is not null && c.Identity is null))
        {
            yield return $"ALTER TABLE {name} ALTER COLUMN {Quote(column.New!)} SET DEFAULT {column.Default}";
        }

        foreach (var index in table.Indexes)
        {
            yield return index.Role switch
            {
                NewIndexRole.PrimaryKey => $"ALTER TABLE {name} ADD CONSTRAINT {Quote(index.Name)} PRIMARY KEY USING INDEX {Quote(index.Temporary)}",
                NewIndexRole.Unique => $"ALTER TABLE {name} ADD CONSTRAINT {Quote(index.Name)} UNIQUE USING INDEX {Quote(index.Temporary)}",
                _ => $"ALTER INDEX {Quote(table.Old with { Name = index.Temporary })} RENAME TO {Quote(index.Name)}",
            };
        }

        foreach (var added in table.Keys)
        {
            yield return $"ALTER TABLE {name} RENAME CONSTRAINT {Quote(added.Temporary)} TO {Quote(added.Name)}";
        }

        if (table.Old != table.New)
        {
            yield return $"ALTER TABLE {name} RENAME TO {Quote(table.New.Name)}";
        }
    }

    // A serial's sequence goes over; an identity column's is its own, so that the new one begins where it stands.
    private static IEnumerable<string> TakeSequence(string table, ColumnVersions column)
    {
        if (column.Identity is null)
        {
            return [$"ALTER SEQUENCE {column.Sequence} OWNED BY {table}.{Quote(column.Physical)}"];
        }

        var (schema, name) = Sequence(column.Sequence!);
        var old = $"{schema}.{Quote("sluice_old_sequence")}";
        var identity = column.Identity.Split('\n', 2);
        return
        [
            $"ALTER SEQUENCE {column.Sequence} RENAME TO {Quote("sluice_old_sequence")}",
            $"ALTER TABLE {table} ALTER COLUMN {Quote(column.Physical)} ADD {identity[0]} (SEQUENCE NAME {schema}.{name}{(identity.Length > 1 ? " " + identity[1].Replace('\n', ' ') : "")})",
            $"SELECT pg_catalog.setval({Literal(column.Sequence!)}::pg_catalog.regclass, s.last_value, s.is_called) FROM {old} AS s",
            ForwardSteps.SequenceRights(old, column.Sequence!),
        ];
    }

    private static (string Schema, string Name) Sequence(string quoted)
    {
        var between = quoted.IndexOf("\".\"", StringComparison.Ordinal) + 1;
        return (quoted[..between], quoted[(between + 1)..]);
    }
}
