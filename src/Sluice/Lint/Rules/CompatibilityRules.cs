using System.Collections.Immutable;
using Sluice.Lint.Known;
using Sluice.Lint.Statements;

namespace Sluice.Lint.Rules;

/// <summary>K: what the version of the application that still runs does not expect.</summary>
internal static class CompatibilityRules
{
    // Backups, checks and people read every table now and then.
    private const int SeldomReads = 100;

    public static ImmutableArray<Rule> All { get; } =
    [
        new("K01", "A rename", Level.Warning)
        {
            Why = "The application that still runs asks for the old name and fails at once.",
            Instead = "A view of the old name, or a second column that a trigger keeps equal, until the old version is gone.",
            Bad = "ALTER TABLE orders RENAME COLUMN seen TO looked_at;",
            Good = "ALTER INDEX orders_code_idx RENAME TO orders_by_code;",
            Check = s => s.Statement switch
            {
                Statement.AlterRelation { Kind: not (RelationKind.Index or RelationKind.Sequence) } alter => alter.Actions.Items.Select(a => a switch
                {
                    AlterAction.RenameColumn column => new Hit($"{alter.Name.Name}.{column.From} becomes {column.To}.", KnownSchema.KeyOf(alter.Name)),
                    AlterAction.RenameTo table => new Hit($"{alter.Name.Name} becomes {table.To}.", KnownSchema.KeyOf(alter.Name), $"{s.Text};\nCREATE VIEW {SqlName.Of(alter.Name.Name)} AS SELECT * FROM {SqlName.Of(table.To)};"),
                    AlterAction.SetSchema schema => new Hit($"{alter.Name.Name} moves to schema {schema.Schema}.", KnownSchema.KeyOf(alter.Name)),
                    _ => null,
                }).OfType<Hit>(),
                Statement.RenameEnumValue value when !s.Before.IsNewType(value.Type) => [new Hit($"The value '{value.From}' of {value.Type.Name} becomes '{value.To}'.")],
                Statement.AlterOther { Kind: "SCHEMA" or "FUNCTION" or "PROCEDURE" or "ROUTINE" or "TYPE", RenamedTo: { } to, Name: { } name } when !s.Before.IsNewType(name) => [new Hit($"{name.Name} becomes {to}.")],
                _ => [],
            },
        },
        new("K02", "Something goes that is still read", Level.Warning)
        {
            Why = "The application that runs now reads the table: what is dropped is missing at once.",
            Instead = "Two releases: first an application that does without, then the drop. pg_stat_statements shows who still asks.",
            Bad = "ALTER TABLE orders DROP COLUMN seen;",
            Good = "ALTER TABLE customers DROP COLUMN note;",
            Facts = new LintFacts { Sizes = new Dictionary<string, TableSize> { ["orders"] = new(1L << 30, 1_000_000, 5_000), ["customers"] = new(1L << 30, 1_000_000, 0) } },
            Check = s => s.Actions<AlterAction.DropColumn>().Select(d => (d.Table, What: $"{d.Table}.{d.Action.Column}"))
                .Concat(s.Statement is Statement.Drop { Kind: "TABLE" } drop ? drop.Names.Items.Select(n => (KnownSchema.KeyOf(n), n.Name)) : [])
                .Where(d => s.Facts.Sizes.GetValueOrDefault(d.Item1) is { Reads: > SeldomReads })
                .Select(d => new Hit($"{d.Item2} goes; {d.Item1} was read {s.Facts.Sizes[d.Item1].Reads} times since statistics began.", d.Item1)),
        },
        new("K03", "Rows that the running application writes may be refused", Level.Advice)
        {
            Why = "It does not know yet that a value is needed, that a default is gone, or that a length is shorter.",
            Instead = "Release the application that writes such rows only, then tighten.",
            Bad = "ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;",
            Good = "ALTER TABLE orders ALTER COLUMN seen SET DEFAULT 'no';",
            Check = s => s.Actions<AlterAction.SetNotNull>().Where(a => a.Known?.Column(a.Action.Column) is not { HasDefault: true } and not { NotNull: true })
                .Select(a => new Hit($"Inserts without {a.Table}.{a.Action.Column} fail from now on.", a.Table))
                .Concat(s.Actions<AlterAction.DropDefault>().Where(a => a.Known?.Column(a.Action.Column) is { NotNull: true })
                    .Select(a => new Hit($"Inserts without {a.Table}.{a.Action.Column} fail from now on.", a.Table)
                    {
                        Level = Level.Warning,

                        // A type that is exchanged gives its default up, and gets it again.
                        Unless = known => known.Find(a.Table)?.Column(a.Action.Column) is null or { HasDefault: true } or { NotNull: false },
                    }))
                .Concat(s.Actions<AlterAction.AddConstraint>().Where(a => a.Action.Constraint.Kind is ConstraintKind.Check or ConstraintKind.Unique)
                    .Where(a => a.Action.Constraint.Check?.Canonical.EndsWith("is not null", StringComparison.Ordinal) is not true)
                    .Select(a => new Hit($"Rows of {a.Table} that break the new {(a.Action.Constraint.Kind is ConstraintKind.Check ? "CHECK" : "UNIQUE")} are refused from now on, valid or not.", a.Table))),
        },
        new("K04", "DROP NOT NULL", Level.Advice)
        {
            Why = "Readers that never met a null there meet one.",
            Instead = "Teach the readers first.",
            Bad = "ALTER TABLE orders ALTER COLUMN state DROP NOT NULL;",
            Good = "ALTER TABLE orders ALTER COLUMN seen DROP NOT NULL;",
            Check = s => s.Actions<AlterAction.DropNotNull>().Where(a => a.Known?.Column(a.Action.Column) is not { NotNull: false, Type: not null })
                .Select(a => new Hit($"{a.Table}.{a.Action.Column} may be null from now on.", a.Table)),
        },
        new("K05", "Clients see another type", Level.Advice)
        {
            Why = "Prepared statements fail once with `cached plan must not change result type`, and typed clients read the value wrongly or not at all.",
            Instead = "A new column; or new sessions for every client right after.",
            Bad = "ALTER TABLE orders ALTER COLUMN placed TYPE date;",
            Good = "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);",
            Check = s => s.Actions<AlterAction.SetType>().Where(a => a.Known?.Column(a.Action.Column)?.Type?.Name != a.Action.Type.Name)
                .Select(a => new Hit($"{a.Table}.{a.Action.Column} comes as {a.Action.Type} from now on.", a.Table)),
        },
        new("K06", "A new enum value", Level.Advice)
        {
            Why = "Typed clients that do not know it fail on the first row that has it.",
            Instead = "Teach the readers first, write the value afterwards.",
            Bad = "ALTER TYPE status ADD VALUE 'sent' AFTER 'paid';",
            Good = "CREATE TYPE colour AS ENUM ('red');\nALTER TYPE colour ADD VALUE 'blue' AFTER 'red';",
            Check = s => s.Statement is Statement.AddEnumValue value && !s.Before.IsNewType(value.Type) ? [new Hit($"Readers of {value.Type.Name} meet '{value.Value}'.")] : [],
        },
        new("K07", "Row-level security without a policy", Level.Warning)
        {
            Why = "Without a policy nobody but the owner sees any row; FORCE holds the owner to it too.",
            Instead = "CREATE POLICY in the same transaction.",
            Bad = "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;",
            Good = "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;\nCREATE POLICY all_orders ON orders USING (true);",
            Check = s => s.Actions<AlterAction.RowSecurity>().Where(a => a.Action.How is "ENABLE" or "FORCE")
                .Select(a => new Hit(a.Action.How is "ENABLE" ? $"{a.Table} looks empty to everyone but its owner." : $"{a.Table} looks empty to its owner too, unless a policy says otherwise.", a.Table, $"CREATE POLICY … ON {Scene.Sql(a.Table)} USING (…);")
                {
                    Unless = known => known.Find(a.Table) is { Policies: > 0 },
                }),
        },
        new("K08", "Another signature under a name in use", Level.Advice)
        {
            Why = "Callers that were written for the old one fail. A view of `*` keeps the columns of the day that it was made.",
            Instead = "A new name beside the old one; the columns of a view by name.",
            Bad = "CREATE VIEW all_orders AS SELECT * FROM orders;",
            Good = "CREATE VIEW all_orders AS SELECT id, total FROM orders;",
            Check = s => s.Statement switch
            {
                Statement.CreateView { OrReplace: true } view when s.Before.Find(view.Name) is { New: false } known && known.Query.Canonical != view.Body.Canonical =>
                    [new Hit($"{view.Name.Name} is made anew, in use.", null, $"CREATE VIEW {SqlName.Of(view.Name.Name + "_v2")} AS {view.Body.Text};")],
                Statement.CreateView view when view.Body.Canonical.StartsWith("select * ", StringComparison.Ordinal) || view.Body.Canonical.Contains(" . * ", StringComparison.Ordinal) =>
                    [new Hit($"{view.Name.Name} takes all columns there are today.")],
                Statement.CreateFunction function when s.Script.DroppedFunctions.Contains(function.Name.Name) => [new Hit($"{function.Name.Name} goes and comes again: it has another signature.")],
                _ => [],
            },
        },
    ];
}
