using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Lint.Known;
using Sluice.Lint.Predicting;
using Sluice.Lint.Statements;
using Sluice.Plan;
using Sluice.Sql;
using Sluice.Syntax;

namespace Sluice.Online;

/// <summary>
/// How far one migration gets. A column whose rows need a value each is not required before they have it; what stands on that
/// waits with it: a primary key, and the foreign keys that refer to it.
/// </summary>
internal static class OnlineTarget
{
    public static (Database Target, ImmutableArray<LateColumn> Late) Of(Database from, Database to, MigrationPlan plan, KnownSchema known)
    {
        var names = new SqlNames(plan.Naming);
        var altered = plan.Steps.OfType<PlanStep.AlterTable>().GroupBy(s => s.To.Name).ToDictionary(g => g.Key, g => g.ToArray());
        ImmutableArray<LateColumn> late =
        [
            .. altered.Values.SelectMany(s => s).SelectMany(s => s.Alterations.Items.Select(NewColumn).OfType<Column>()
                .Where(c => c.Generated is null && (IsFilledByRow(s.To.Name, c, known) || c is { Arity: FieldArity.Required, Default: null, AutoIncrement: false }))
                .Select(c => new LateColumn(s.To.Name, c.Name, Value(s.To.Name, c, names), c.Arity is FieldArity.Required))),
        ];
        if (!late.Any(l => l.IsRequired))
        {
            return (to, late);
        }

        var waiting = late.Where(l => l.IsRequired).Select(l => (l.Table, l.Column)).ToHashSet();
        var keyless = to.Tables.Items.Where(t => t.PrimaryKey is { } key && key.Columns.Items.Any(c => waiting.Contains((t.Name, c.Name)))).ToDictionary(t => t.Name);
        var before = from.Tables.Items.ToDictionary(t => t.Name);
        return (to with { Tables = [.. to.Tables.Items.Select(Relaxed)] }, late);

        Table Relaxed(Table table)
        {
            var was = altered.TryGetValue(table.Name, out var steps) ? steps[0].From : before.GetValueOrDefault(table.Name);
            return table with
            {
                Columns = [.. table.Columns.Items.Select(c => waiting.Contains((table.Name, c.Name)) ? c with { Arity = FieldArity.Optional } : c)],
                PrimaryKey = !keyless.ContainsKey(table.Name) ? table.PrimaryKey
                    : was?.PrimaryKey is { } old && old.Columns.Items.All(k => table.Column(k.Name) is { Arity: FieldArity.Required }) ? old
                    : null,
                ForeignKeys = [.. table.ForeignKeys.Items.Where(k => !NeedsMissingKey(k))],
            };
        }

        bool NeedsMissingKey(ForeignKey key) => keyless.TryGetValue(key.ReferencedTable, out var table)
            && table.PrimaryKey!.Columns.Items.Select(c => c.Name).ToHashSet(StringComparer.Ordinal).SetEquals(key.ReferencedColumns.Items)
            && !table.Indexes.Items.Any(i => i is { IsUnique: true, Where: null } && i.Columns.Items.Select(c => c.Name).ToHashSet(StringComparer.Ordinal).SetEquals(key.ReferencedColumns.Items));
    }

    /// <summary>Adding it with its default would write every row.</summary>
    public static bool IsFilledByRow(ObjectName table, Column column, KnownSchema known) =>
        column.AutoIncrement
        || (column.Default is ColumnDefault.Expression { Sql: { } value }
            && StatementReader.Read($"ALTER TABLE {SqlNames.Quote(table.Name)} ADD COLUMN c text DEFAULT {value}") is Statement.AlterRelation { Actions.Items: [AlterAction.AddColumn { Column: var added }] }
            && Predictor.RewriteOf(added, known) is not null);

    private static Column? NewColumn(Alteration alteration) => alteration switch
    {
        Alteration.AddColumn add => add.Column,
        Alteration.RecreateColumn recreate => recreate.To,
        _ => null,
    };

    private static string? Value(ObjectName table, Column column, SqlNames names) => column.AutoIncrement
        ? $"nextval(pg_get_serial_sequence({SqlNames.Literal(names.Of(table))}, {SqlNames.Literal(column.Name)}))"
        : SqlDefaults.Write(column, names) is { Length: > 0 } value ? value : null;
}
