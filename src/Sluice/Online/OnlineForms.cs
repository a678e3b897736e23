using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Lint.Known;
using Sluice.Plan;
using Sluice.Plan.Objects;
using Sluice.Sql;
using Sluice.Syntax;

namespace Sluice.Online;

/// <summary>Steps spelled so that nobody waits for longer than a lock takes: what goes through rows does it beside readers and writers.</summary>
/// <param name="known">What is there before the plan.</param>
/// <param name="free">How what goes again before the end may be called.</param>
internal sealed partial class OnlineForms(MigrationPlan plan, KnownSchema known, FreeNames free)
{
    private const string Suffix = "_new";

    private readonly SqlNames names = new(plan.Naming);

    private readonly Successors successors = Successors.Of(plan.Steps);

    private readonly Island island = Island.Of(plan.Steps);

    public IEnumerable<Passage> Of(PlanStep step) => island.Find(step) is { } isFirst ? [SqlWriter.Passage(step, plan.Naming) with { IsJoined = !isFirst, IsApart = isFirst, Loses = Lost(step) }] : step switch
    {
        PlanStep.AlterTable alter => [.. Of(alter), Replaced(alter)],
        PlanStep.CreateIndex { OnNewTable: false } create => [Made(create), Replaced(create)],
        PlanStep.DropIndex drop when successors.Moves(drop) => [],
        // It may all break a reference in the middle, so that nobody sees half of it.
        PlanStep.Rename => [SqlWriter.Passage(step, plan.Naming) with { IsJoined = true }],
        PlanStep.DropIndex drop => [SqlWriter.Passage(step, plan.Naming) with { Statements = [Dropped(drop)] }],
        PlanStep.AddForeignKey add when (!add.OnNewTable || IsThere(add.Key.ReferencedTable)) && !IsPartitioned(add.Table) => [Proved(step, names.Of(add.Table), add.Key.Name)],
        PlanStep.CreateObject { OnNewTable: false } create when !IsPartitioned(new(create.Object.Id.Schema, create.Object.Id.Name)) => [Made(create)],
        PlanStep.DropObject { Object: var gone } when successors.ByName(gone) => [],
        PlanStep.DropObject { Object.Id: { Kind: ObjectKind.Index } id } when !IsPartitioned(new(id.Schema, id.Name)) =>
            [SqlWriter.Passage(step, plan.Naming) with { Statements = [$"DROP INDEX CONCURRENTLY {SqlNames.Quote(id.Schema)}.{SqlNames.Quote(id.Part)}"] }],
        _ => SqlWriter.Passage(step, plan.Naming) is var plain ? [plain with { Loses = Lost(step), IsApart = plain.Statements.Length > 1 }] : [],
    };

    /// <summary>First what only adds, then what must be proved, then the key, and what goes last: until then the old application finds everything.</summary>
    private IEnumerable<Passage> Of(PlanStep.AlterTable step)
    {
        var (title, table) = (SqlWriter.Passage(step, plan.Naming).Title, names.Of(step.To.Name));
        var added = step.Alterations.Items.OfType<Alteration.AddPrimaryKey>().SingleOrDefault()?.Key;
        var gone = step.Alterations.Items.OfType<Alteration.DropPrimaryKey>().SingleOrDefault()?.Key;
        var swaps = added is not null && gone is not null && !gone.Columns.Items.Any(c => step.Alterations.Items.Any(a => a is Alteration.RecreateColumn r && r.From.Name == c.Name));
        if (IsPartitioned(step.From.Name))
        {
            yield return SqlWriter.Passage(step, plan.Naming) with { Loses = Lost(step) };
            yield break;
        }

        var required = step.Alterations.Items.OfType<Alteration.AlterColumn>()
            .Where(a => a is { Difference.Arity: true, From.Arity: FieldArity.Optional, To.Arity: FieldArity.Required }).Select(a => a.To.Name).ToList();
        ImmutableArray<Alteration> first =
        [
            .. step.Alterations.Items
                .Where(a => a is not (Alteration.DropColumn { Again: false } or Alteration.AddPrimaryKey) && !(swaps && a is Alteration.DropPrimaryKey))
                .Select(Relaxed).OfType<Alteration>(),
        ];
        var retyped = first.Where(a => a is Alteration.AlterColumn { Difference: { Type: not null } or { Arity: true, Any: true } } alter && TouchedTables.Retypes(alter.From, alter.To, alter.Difference)).ToImmutableArray();
        var filled = first.Select(NewColumn).OfType<Column>().Where(c => c.Generated is null && OnlineTarget.IsFilledByRow(step.To.Name, c, known)).ToList();
        yield return new Passage(title,
        [
            .. Statements(step, [.. first.Except(retyped).Select(a => filled.Exists(c => ReferenceEquals(c, NewColumn(a))) ? Bare(a) : a)]),
            .. filled.SelectMany(c => Statements(step, [new Alteration.AlterColumn(Bare(c), c, ColumnDifference.None with { Default = !c.AutoIncrement, AutoIncrement = c.AutoIncrement })])),
            .. Statements(step, retyped),
        ])
        {
            Loses = Lost(step with { Alterations = first }),
        };
        yield return new Passage(title, NotNull(table, required));
        if (added is not null)
        {
            var index = free.Of(added.Name + Suffix);
            yield return new Passage(title,
            [
                $"CREATE UNIQUE INDEX CONCURRENTLY {SqlNames.Quote(index)} ON {table} ({SqlNames.Quoted(added.Columns.Items.Select(c => c.Name))})",
                $"ALTER TABLE {table} {(swaps ? $"DROP CONSTRAINT {SqlNames.Quote(gone!.Name)}, " : "")}ADD CONSTRAINT {SqlNames.Quote(added.Name)} PRIMARY KEY USING INDEX {SqlNames.Quote(index)}",
            ]);
        }

        ImmutableArray<Alteration> dropped = [.. step.Alterations.Items.Where(a => a is Alteration.DropColumn { Again: false })];
        yield return new Passage(title, Statements(step, dropped)) { Loses = Lost(step with { Alterations = dropped }) };
    }

    private static ImmutableArray<string> Lost(PlanStep step) => [.. Loss.Of(step)?.Columns.Select(c => c.Column.Name) ?? []];

    private ImmutableArray<string> Statements(PlanStep.AlterTable step, ImmutableArray<Alteration> alterations) =>
        alterations.IsEmpty ? [] : SqlWriter.Statements(step with { Alterations = alterations }, plan.Naming);

    /// <summary>SET NOT NULL takes the word of a CHECK that was proved beside everybody's work.</summary>
    private ImmutableArray<string> NotNull(string table, List<string> columns)
    {
        if (columns.Count == 0)
        {
            return [];
        }

        var checks = columns.Select(c => SqlNames.Quote(free.Of(c + "_set"))).ToList();
        return
        [
            $"ALTER TABLE {table} {string.Join(", ", columns.Zip(checks, (c, check) => $"ADD CONSTRAINT {check} CHECK ({SqlNames.Quote(c)} IS NOT NULL) NOT VALID"))}",
            $"ALTER TABLE {table} {string.Join(", ", checks.Select(c => $"VALIDATE CONSTRAINT {c}"))}",
            $"ALTER TABLE {table} {string.Join(", ", columns.Select(c => $"ALTER COLUMN {SqlNames.Quote(c)} SET NOT NULL"))}",
            $"ALTER TABLE {table} {string.Join(", ", checks.Select(c => $"DROP CONSTRAINT {c}"))}",
        ];
    }

    private Passage Made(PlanStep.CreateIndex step)
    {
        var plain = SqlWriter.Passage(step, plan.Naming);
        if (IsPartitioned(step.Table))
        {
            return plain;
        }

        var built = successors.TakesName(step) ? free.Of(step.Index.Name + Suffix) : step.Index.Name;
        var index = SqlWriter.CreateIndex(step with { Index = step.Index with { Name = built } }, names, concurrently: true);
        return plain with { Statements = successors.TakesName(step) ? [index] : [index, .. Constrained(step, built)] };
    }

    /// <summary>What went out of use with the step, and who takes over its name.</summary>
    private Passage Replaced(PlanStep step) => new("DropIndex",
    [
        .. successors.After(step).SelectMany(drop => successors.Heir(drop) is not { } heir ? [Dropped(drop)] : (ImmutableArray<string>)
        [
            Dropped(drop),
            .. Constrained(heir, free.Of(heir.Index.Name + Suffix)) is { IsEmpty: false } constrained
                ? constrained
                : [$"ALTER INDEX {names.Of(heir.Table with { Name = free.Of(heir.Index.Name + Suffix) })} RENAME TO {SqlNames.Quote(heir.Index.Name)}"],
        ]),
    ]);

    private ImmutableArray<string> Constrained(PlanStep.CreateIndex step, string built) => names.Exact && step.Index.IsConstraint
        ? [$"ALTER TABLE {names.Of(step.Table)} ADD CONSTRAINT {SqlNames.Quote(step.Index.Name)} UNIQUE USING INDEX {SqlNames.Quote(built)}"]
        : [];

    private string Dropped(PlanStep.DropIndex step) => step.Index.IsConstraint || IsPartitioned(step.Table)
        ? SqlWriter.Statements(step, plan.Naming)[0]
        : $"DROP INDEX CONCURRENTLY {names.Of(step.Table with { Name = step.Index.Name })}";

    private Passage Made(PlanStep.CreateObject step)
    {
        var (id, definition) = step.Object;
        var table = $"{SqlNames.Quote(id.Schema)}.{SqlNames.Quote(id.Name)}";
        var plain = SqlWriter.Passage(step, plan.Naming);
        return id.Kind switch
        {
            ObjectKind.Index when successors.ByName(step.Object) => plain with
            {
                Statements =
                [
                    IndexName().Replace(definition, m => $"{m.Groups[1].Value} CONCURRENTLY {SqlNames.Quote(free.Of(id.Part + Suffix))} ", 1),
                    $"DROP INDEX CONCURRENTLY {SqlNames.Quote(id.Schema)}.{SqlNames.Quote(id.Part)}",
                    $"ALTER INDEX {SqlNames.Quote(id.Schema)}.{SqlNames.Quote(free.Of(id.Part + Suffix))} RENAME TO {SqlNames.Quote(id.Part)}",
                ],
            },
            ObjectKind.Index => plain with { Statements = [IndexName().Replace(definition, "$1 CONCURRENTLY$2", 1)] },
            ObjectKind.Partition when Bounds().Match(definition) is { Success: true } bounds => plain with
            {
                // By itself first: PARTITION OF closes the parent.
                Statements =
                [
                    $"CREATE TABLE {table} (LIKE {bounds.Groups["parent"].Value} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING STORAGE INCLUDING GENERATED)",
                    $"ALTER TABLE {bounds.Groups["parent"].Value} ATTACH PARTITION {table} {bounds.Groups["bounds"].Value}",
                ],
            },
            ObjectKind.Check or ObjectKind.ForeignKey when !IsUnproved(definition) => Proved(step, table, id.Part),
            ObjectKind.PrimaryKey or ObjectKind.UniqueConstraint when Key().Match(definition) is { Success: true } key => plain with
            {
                Statements =
                [
                    $"CREATE UNIQUE INDEX CONCURRENTLY {SqlNames.Quote(free.Of(id.Part + Suffix))} ON {table} {key.Groups["columns"].Value}{(key.Groups["nulls"].Success ? " NULLS NOT DISTINCT" : "")}",
                    $"ALTER TABLE {table} ADD CONSTRAINT {SqlNames.Quote(id.Part)} {key.Groups["kind"].Value} USING INDEX {SqlNames.Quote(free.Of(id.Part + Suffix))}{key.Groups["when"].Value}",
                ],
            },
            _ => plain,
        };
    }

    /// <summary>What is added is held against new rows at once, and against those that are there in a transaction of its own.</summary>
    private Passage Proved(PlanStep step, string table, string constraint)
    {
        var plain = SqlWriter.Passage(step, plan.Naming);
        return plain with { Statements = [plain.Statements[0] + " NOT VALID", $"ALTER TABLE {table} VALIDATE CONSTRAINT {SqlNames.Quote(constraint)}"] };
    }

    private static bool IsUnproved(string constraint) =>
        constraint.EndsWith(" NOT VALID", StringComparison.Ordinal) || constraint.EndsWith(" NOT ENFORCED", StringComparison.Ordinal);

    private bool IsPartitioned(ObjectName table) => (known.Find(table) ?? known.Find(table with { Schema = "" })) is { Partitioned: true };

    private bool IsThere(ObjectName table) => (known.Find(table) ?? known.Find(table with { Schema = "" })) is not null;

    private static Alteration? Relaxed(Alteration alteration) => alteration is Alteration.AlterColumn { Difference.Arity: true, From.Arity: FieldArity.Optional, To.Arity: FieldArity.Required } alter
        ? alter with { Difference = alter.Difference with { Arity = false } } is { Difference.Any: true } rest ? rest : null
        : alteration;

    private static Column? NewColumn(Alteration alteration) => alteration switch
    {
        Alteration.AddColumn add => add.Column,
        Alteration.RecreateColumn recreate => recreate.To,
        _ => null,
    };

    private static Alteration Bare(Alteration alteration) => alteration switch
    {
        Alteration.AddColumn add => new Alteration.AddColumn(Bare(add.Column)),
        Alteration.RecreateColumn recreate => recreate with { To = Bare(recreate.To) },
        _ => alteration,
    };

    private static Column Bare(Column column) => column with { Default = null, AutoIncrement = false };

    // As pg_get_indexdef has it.
    [GeneratedRegex(@"^(CREATE (?:UNIQUE )?INDEX)( (?:[^""\s]+|""(?:[^""]|"""")*"") )")]
    private static partial Regex IndexName();

    [GeneratedRegex(@"^PARTITION OF (?<parent>[^\n]+)\n(?<bounds>FOR VALUES [^\n]+)$")]
    private static partial Regex Bounds();

    // As pg_get_constraintdef has it. Names only: an index cannot be told WITHOUT OVERLAPS.
    [GeneratedRegex(@"^(?<kind>PRIMARY KEY|UNIQUE)(?<nulls> NULLS NOT DISTINCT)? (?<columns>\((?:[^""(), ]|""[^""]*""|, )*\)(?: INCLUDE \((?:[^""()]|""[^""]*"")*\))?)(?<when>(?: NOT)?(?: DEFERRABLE)?(?: INITIALLY DEFERRED)?)$")]
    private static partial Regex Key();
}
