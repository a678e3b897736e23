using System.Collections.Immutable;
using System.Globalization;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Sql;
using static Sluice.Postgres.Online.Spelling;
using Index = Sluice.Catalog.Index;

namespace Sluice.Postgres.Online;

/// <summary>Two catalogs, and which column is which, to the two versions of every table that differs.</summary>
/// <param name="given">What no cast tells.</param>
/// <param name="schema">Where the version after is to be served.</param>
internal sealed class VersionBuilder(
    Database before, Database after, ImmutableArray<ShapeColumn> oldShape, ImmutableArray<ShapeColumn> newShape, ImmutableArray<GivenExpression> given, string schema, int server)
{
    private static readonly Naming Qualified = new(true, true);

    private readonly List<string> missing = [];
    private readonly HashSet<GivenExpression> used = [];
    private readonly ImmutableArray<Change> changes = CatalogDiffer.Diff(before, after);
    private int counter;

    /// <exception cref="ProblemException">SL5122: an expression is missing. SL5134: one is of no column that changes. SL5132: a kind of table that cannot be changed so.</exception>
    public VersionPlan Build()
    {
        ImmutableArray<NewEnum> enums = [.. changes.OfType<Change.EnumChanged>().Where(e => e.Removed.Items.Length > 0).Select(e => new NewEnum(e.To.Name, [.. e.To.Values]))];
        var now = newShape.ToLookup(c => c.Table);
        var pairs = oldShape.GroupBy(c => c.Table).Where(g => now.Contains(g.Key))
            .Select(g => (Old: g.ToImmutableArray(), New: now[g.Key].ToImmutableArray())).OrderBy(p => p.New[0].TableName, StringComparer.Ordinal).ToList();
        var tables = pairs.Select((p, i) => Table(i + 1, p.Old, p.New, enums)).ToImmutableArray();
        if (missing.Count > 0)
        {
            throw new ProblemException(new Problem("SL5122", "How the values of one version follow from the other's must be said:\n" + string.Join('\n', missing.Select(m => "  " + m)))
            {
                Remedies = ["Give each one to `sluice migrate online start`, the columns of the other version in the expression.", "Or carry this change out plainly, when nobody works: sluice migrate deploy"],
            });
        }

        if (given.FirstOrDefault(g => !used.Contains(g)) is { } unused)
        {
            throw new ProblemException(new Problem("SL5134", $"`{unused.Option} \"{unused.Table}.{unused.Column} = …\"` is of no column that this migration changes so.")
            {
                Remedies = ["Names are those of the database, in quotes where they have capitals. `--set` names a column of the version after, `--back` one of the version before."],
            });
        }

        tables = [.. tables.Select(WithIndexes)];
        tables = [.. tables.Select(t => WithKeys(t, tables)).Where(t => t.IsContracted || !t.OldKeys.IsEmpty)];
        if (tables.FirstOrDefault(t => oldShape.First(c => c.TableName == t.Old.Name) is var c && (!c.IsPlain || (server < 15 && c.HasPolicies))) is { } odd)
        {
            throw new ProblemException(new Problem("SL5132", $"`{odd.Old.Name}` cannot be changed online: it is partitioned or inherits{(server < 15 ? ", or has policies, which a view of this server's version would pass by" : "")}.")
            {
                Remedies = ["Apply the migration plainly, when nobody works: sluice migrate deploy"],
            });
        }

        return new VersionPlan(before.DefaultSchema, schema, tables, enums, server >= 15);
    }

    private TableVersions Table(int ordinal, ImmutableArray<ShapeColumn> old, ImmutableArray<ShapeColumn> now, ImmutableArray<NewEnum> enums)
    {
        var names = (Old: new ObjectName(old[0].Schema, old[0].TableName), New: new ObjectName(now[0].Schema, now[0].TableName));
        var coming = now.Where(n => old.All(o => o.Number != n.Number)).ToList();
        var columns = new List<ColumnVersions>();
        foreach (var o in old)
        {
            // One that was dropped and added under its name has other values, though clients see the same name.
            var n = now.FirstOrDefault(c => c.Number == o.Number) ?? coming.Find(c => c.Name == o.Name);
            columns.Add(n is null ? Removed(names, o) : Both(names, o, n, enums));
        }

        columns.AddRange(coming.Where(n => old.All(o => o.Name != n.Name || now.Any(c => c.Number == o.Number))).Select(n => Added(names, n, enums)));
        // As the table will have them, so that `SELECT *` answers alike before and after.
        return new TableVersions(ordinal, names.Old, names.New, [.. columns.OrderBy(c => c.IsKept ? 0 : c.IsRemoved ? 2 : 1)], [], [], [], null);
    }

    private ColumnVersions Both((ObjectName Old, ObjectName New) table, ShapeColumn o, ShapeColumn n, ImmutableArray<NewEnum> enums)
    {
        var (set, back) = (Find("--set", table, n.Name), Find("--back", table, o.Name));
        var column = Describe(n, enums) with { Old = o.Name, OldType = o.Type, OldDefault = o.Default, DefaultDiffers = o.Default != n.Default, Sequence = o.Sequence };
        var isAnother = o.Number != n.Number;
        var changesType = o.Type != n.Type || column.ByText || isAnother;
        if (!changesType && o.Required == n.Required && set is null && back is null)
        {
            return column with { Physical = o.Name };
        }

        var cast = changes.OfType<Change.ColumnChanged>().FirstOrDefault(c => c.Table == table.New && c.To.Name == n.Name)?.Difference.Type;
        var isOfTime = AsksTheTimeZone(o.Type, n.Type);
        if (set is null && ((changesType && cast is not TypeCast.Safe) || isAnother || isOfTime || (n.Required && !o.Required)))
        {
            missing.Add($"--set \"{Word(table.New.Name)}.{Word(n.Name)} = …\"   ({(isAnother ? "dropped and added again" : column.ByText ? "a label for those that go" : o.Type == n.Type ? "a value for those that have none" : $"{o.Type} to {n.Type}")})");
        }

        var gains = column.ByText && changes.OfType<Change.EnumChanged>().Any(e => e.To.Name == Enum(n) && !e.Added.Items.IsEmpty);
        if (back is null && ((o.Required && !n.Required) || gains || isOfTime))
        {
            missing.Add($"--back \"{Word(table.Old.Name)}.{Word(o.Name)} = …\"   ({(gains ? "a label for those that come" : isOfTime ? $"{n.Type} to {o.Type}" : "a value where the new one has none")})");
        }

        return column with { Forward = set, Back = back, Default = o.Sequence is not null && o.Identity.Length == 0 ? o.Default : column.Default };
    }

    private ColumnVersions Added((ObjectName Old, ObjectName New) table, ShapeColumn n, ImmutableArray<NewEnum> enums)
    {
        var column = Describe(n, enums) with { Physical = n.Name, Forward = Find("--set", table, n.Name), Sequence = n.Sequence };
        if (column.Forward is null && (n.Sequence is not null || (n.Required && (n.Default is null || !IsConstant(table.New, n)))))
        {
            missing.Add($"--set \"{Word(table.New.Name)}.{Word(n.Name)} = …\"   (a value for the rows that are there)");
        }

        return column;
    }

    private ColumnVersions Removed((ObjectName Old, ObjectName New) table, ShapeColumn o)
    {
        var back = Find("--back", table, o.Name);
        if (back is null && o.Required && o.Default is null && o.Sequence is null)
        {
            missing.Add($"--back \"{Word(table.Old.Name)}.{Word(o.Name)} = …\"   (a value for rows that clients of the version after write)");
        }

        return new ColumnVersions(o.Name, null, o.Name) { OldType = o.Type, OldDefault = o.Default, Back = back };
    }

    private ColumnVersions Describe(ShapeColumn n, ImmutableArray<NewEnum> enums)
    {
        var column = after.Tables.Items.First(t => t.Name == new ObjectName(n.Schema, n.TableName)).Column(n.Name);
        var made = enums.FirstOrDefault(e => e.Name == Enum(n));
        var described = new ColumnVersions(null, n.Name, Cut($"sluice_{n.Name}"))
        {
            NewType = n.Type,
            Required = n.Required,
            Default = n.Default,
            Identity = n.Identity.Length > 0 ? column?.Generated : null,
        };

        // The labels are of the type that is served, whatever the name that both versions have.
        var (old, own) = (n.Type.EndsWith("[]", StringComparison.Ordinal) ? n.Type[..^2] : n.Type, made is null ? "" : $"{Quote(schema)}.{Quote(made.Name.Name)}");
        return made is null ? described : described with
        {
            ByText = true,
            NewType = own + n.Type[old.Length..],
            Default = n.Default?.Replace($"::{old}", $"::{own}", StringComparison.Ordinal),
        };
    }

    private ObjectName? Enum(ShapeColumn n) =>
        after.Tables.Items.First(t => t.Name == new ObjectName(n.Schema, n.TableName)).Column(n.Name)?.Type is ColumnType.Enum { Name: var name } ? name : null;

    // Which moment a time without a zone is, each client would answer differently.
    private static bool AsksTheTimeZone(string old, string now) =>
        IsOfTime(old) && IsOfTime(now) && old.Contains("with time zone", StringComparison.Ordinal) != now.Contains("with time zone", StringComparison.Ordinal);

    private static bool IsOfTime(string type) => type == "date" || type.StartsWith("time", StringComparison.Ordinal);

    private TableVersions WithIndexes(TableVersions table)
    {
        var (old, now) = (before.Tables.Items.First(t => t.Name == table.Old), after.Tables.Items.First(t => t.Name == table.New));
        var indexes = new List<NewIndex>();
        if (now.PrimaryKey is { } key && (old.PrimaryKey is null || !SameColumns(table, old.PrimaryKey.Columns.Items.Select(c => c.Name), key.Columns.Items.Select(c => c.Name))))
        {
            indexes.Add(Make(table, new Index(key.Name, true, Model.IndexType.BTree, key.Columns, false, null), NewIndexRole.PrimaryKey));
        }

        indexes.AddRange(now.Indexes.Items
            .Where(i => !old.Indexes.Any(o => (o.IsUnique, o.Type, o.IsConstraint, o.Where) == (i.IsUnique, i.Type, i.IsConstraint, i.Where)
                && SameColumns(table, o.Columns.Items.Select(c => c.Name), i.Columns.Items.Select(c => c.Name))
                && o.Columns.Items.Select(c => (c.Descending, c.OperatorClass)).SequenceEqual(i.Columns.Items.Select(c => (c.Descending, c.OperatorClass)))))
            .Select(i => Make(table, i, i.IsConstraint ? NewIndexRole.Unique : NewIndexRole.Plain)));
        var staysInTheWay = old.PrimaryKey is { } going && indexes.Exists(i => i.Role is NewIndexRole.PrimaryKey)
            && going.Columns.Items.All(c => table.Columns.Any(v => v.Old == c.Name && v.IsKept));
        return table with { Indexes = [.. indexes], OldPrimaryKey = staysInTheWay || (old.PrimaryKey is not null && now.PrimaryKey is null) ? old.PrimaryKey!.Name : null };
    }

    private NewIndex Make(TableVersions table, Index index, NewIndexRole role)
    {
        var temporary = Temporary(index.Name);
        var physical = index with { Name = temporary, IsConstraint = false, Columns = [.. index.Columns.Items.Select(c => c with { Name = Physical(table, c.Name) })] };
        var sql = SqlWriter.Statements(new PlanStep.CreateIndex(table.Old, physical, OnNewTable: false, Again: false), Qualified)[0];
        var at = sql.IndexOf(" INDEX ", StringComparison.Ordinal) + " INDEX ".Length;
        return new NewIndex(temporary, index.Name, role, $"{sql[..at]}CONCURRENTLY {sql[at..]}");
    }

    private TableVersions WithKeys(TableVersions table, ImmutableArray<TableVersions> tables)
    {
        var (old, now) = (before.Tables.Items.First(t => t.Name == table.Old), after.Tables.Items.First(t => t.Name == table.New));
        var kept = new HashSet<string>(StringComparer.Ordinal);
        var keys = new List<NewKey>();
        foreach (var key in now.ForeignKeys.Items)
        {
            if (tables.FirstOrDefault(t => t.New == key.ReferencedTable) is not { } other)
            {
                continue;
            }

            var twin = old.ForeignKeys.Items.FirstOrDefault(o => o.ReferencedTable == other.Old && (o.OnDelete, o.OnUpdate) == (key.OnDelete, key.OnUpdate)
                && SameColumns(table, o.Columns, key.Columns) && SameColumns(other, o.ReferencedColumns, key.ReferencedColumns));
            if (twin is not null)
            {
                kept.Add(twin.Name);
                continue;
            }

            var made = key with
            {
                Name = Temporary(key.Name),
                Columns = [.. key.Columns.Items.Select(c => Physical(table, c))],
                ReferencedTable = other.Old,
                ReferencedColumns = [.. key.ReferencedColumns.Items.Select(c => Physical(other, c))],
            };
            var sql = SqlWriter.Statements(new PlanStep.AddForeignKey(table.Old, made, OnNewTable: false), Qualified)[0];
            keys.Add(new NewKey(made.Name, key.Name, $"{sql} NOT VALID", other.Old));
        }

        // What refers to a table that is not read here stays as it is.
        return table with
        {
            Keys = [.. keys],
            OldKeys = [.. old.ForeignKeys.Items.Where(o => !kept.Contains(o.Name) && tables.Any(t => t.Old == o.ReferencedTable)).Select(o => o.Name)],
        };
    }

    /// <summary>The same columns in both versions, and each of them only once in the table.</summary>
    private static bool SameColumns(TableVersions table, IEnumerable<string> old, IEnumerable<string> now) =>
        old.SequenceEqual(now.Select(n => table.Columns.First(c => c.New == n)).Select(c => c.IsKept ? c.Old! : ""));

    private static string Physical(TableVersions table, string column) => table.Columns.First(c => c.New == column).Physical;

    private string Temporary(string name) => Cut(string.Create(CultureInfo.InvariantCulture, $"sluice_{++counter}_{name}"));

    private string? Find(string option, (ObjectName Old, ObjectName New) table, string column)
    {
        var found = given.FirstOrDefault(g => g.Option == option && g.Column == column && (g.Table == table.Old.Name || g.Table == table.New.Name));
        if (found is not null)
        {
            used.Add(found);
            Expressions.RequireStored(found, (option == "--set" ? oldShape.Where(c => c.TableName == table.Old.Name) : newShape.Where(c => c.TableName == table.New.Name)).Where(c => c.IsGenerated));
        }

        return found?.Text;
    }

    // A constant is kept beside the table; an expression may give each row another value, and all are written.
    private bool IsConstant(ObjectName table, ShapeColumn column) =>
        after.Tables.Items.First(t => t.Name == table).Column(column.Name)?.Default is not (null or ColumnDefault.Expression or ColumnDefault.NextValue);

    private static string Word(string name) => name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') ? name : Quote(name).Replace("\"", "\\\"", StringComparison.Ordinal);
}
