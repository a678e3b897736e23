using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Sluice.Catalog;
using Sluice.Lint.Known;
using Sluice.Lint.Predicting;
using Sluice.Lint.Statements;
using Sluice.Plan;
using Sluice.Sql.Segments;

namespace Sluice.Lint.Rules;

/// <summary>A statement with everything that is known when its turn comes.</summary>
/// <param name="Text">The statement's own text.</param>
/// <param name="Before">The schema that it meets.</param>
/// <param name="Transaction">What its transaction did so far.</param>
/// <param name="Script">What its script did so far.</param>
internal sealed record Scene(
    Statement Statement,
    Prediction Prediction,
    string Text,
    KnownSchema Before,
    Segment Segment,
    TransactionSoFar Transaction,
    ScriptSoFar Script,
    LintFacts Facts)
{
    /// <summary>The BEGIN that the script never ends.</summary>
    public bool IsLeftOpen { get; init; }

    public bool IsFirst { get; init; }

    public bool IsLastSegment { get; init; }

    /// <summary>The script's own BEGIN holds it, so that the runner cannot cut before or after it.</summary>
    public bool InScriptsTransaction => Segment is Segment.Scripted { Opening: Opening.Own or Opening.Chained };

    public bool IsNew(string table) => Before.Find(table) is { New: true };

    public bool IsNew(ObjectName table) => IsNew(KnownSchema.KeyOf(table));

    /// <summary>The actions of an ALTER TABLE, with the table.</summary>
    public IEnumerable<(string Table, Relation? Known, T Action)> Actions<T>()
        where T : AlterAction =>
        Statement is Statement.AlterRelation { Kind: not (RelationKind.Index or RelationKind.Sequence) } alter
            ? alter.Actions.Items.OfType<T>().Select(a => (KnownSchema.KeyOf(alter.Name), Before.Find(alter.Name), a))
            : [];

    /// <summary>The table's name as SQL.</summary>
    public static string Sql(string key) => string.Join('.', KnownSchema.Parts(key).Select(SqlName.Of));

    public static string Sql(ObjectName name) => name.Schema.Length == 0 ? SqlName.Of(name.Name) : $"{SqlName.Of(name.Schema)}.{SqlName.Of(name.Name)}";

    /// <summary>The statement with words put in behind others, or instead of them; unchanged where they are not found.</summary>
    public string With(string words, string instead) => Patterns.GetOrAdd(words, PatternOf).Replace(Text, instead, 1) + ";";

    // A handful of words that rules exchange; a pattern is dear to make.
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    private static Regex PatternOf(string words)
    {
        var pattern = string.Join(@"\s+", words.Split(' ').Select(Regex.Escape));
        return new Regex($@"\b{pattern}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    /// <summary>Tables that were there before and are locked at least so.</summary>
    public IEnumerable<string> Locked(LockLevel least) => Prediction.Locks.Items.Where(l => l.Level >= least && !IsNew(l.Table)).Select(l => l.Table);
}

/// <summary>What is held and was done since the transaction began.</summary>
internal sealed class TransactionSoFar
{
    /// <summary>Tables that were there before, by the strongest lock on each.</summary>
    public Dictionary<string, LockLevel> Held { get; } = new(StringComparer.Ordinal);

    /// <summary>The first table that nobody else can read or write.</summary>
    public string? Closed { get; private set; }

    public HashSet<(string Table, string Constraint)> NotValid { get; } = [];

    public List<string> FreshValues { get; } = [];

    public HashSet<string> DroppedIndexes { get; } = new(StringComparer.Ordinal);

    /// <summary>Tables that an ALTER went through already.</summary>
    public HashSet<string> Worked { get; } = new(StringComparer.Ordinal);

    /// <summary>Tables with a bulk UPDATE or DELETE.</summary>
    public HashSet<string> Changed { get; } = new(StringComparer.Ordinal);

    /// <summary>T03 and T04 say once what holds for all of it.</summary>
    public HashSet<string> Said { get; } = new(StringComparer.Ordinal);

    /// <summary>Each foreign key is looked up for itself, so that one statement for several saves nothing.</summary>
    public static bool AddsKeysOnly(Statement.AlterRelation alter) => alter.Actions.Items.All(a => a is AlterAction.AddConstraint { Constraint.References: not null });

    public void Note(Scene scene)
    {
        foreach (var held in scene.Prediction.Locks.Items.Where(l => l.Level >= LockLevel.Share && !scene.IsNew(l.Table)))
        {
            Held[held.Table] = Held.TryGetValue(held.Table, out var before) && before > held.Level ? before : held.Level;
            Closed ??= held.Level is LockLevel.AccessExclusive ? held.Table : null;
        }

        foreach (var (table, _, add) in scene.Actions<AlterAction.AddConstraint>().Where(a => a.Action.Constraint.NotValid))
        {
            NotValid.Add((table, add.Constraint.Name ?? ""));
        }

        switch (scene.Statement)
        {
            case Statement.AlterRelation alter when !AddsKeysOnly(alter):
                Worked.UnionWith(scene.Prediction.Scans);
                break;
            case Statement.Drop { Kind: "INDEX", Concurrently: false } drop:
                DroppedIndexes.UnionWith(drop.Names.Items.Select(n => n.Name));
                break;
            case Statement.AddEnumValue value when !scene.Before.IsNewType(value.Type):
                FreshValues.Add(value.Value);
                break;
            case Statement.Write:
                Changed.UnionWith(scene.Statement.Writes.Where(w => w is { Verb: "UPDATE" or "DELETE", Bounded: false } && !scene.IsNew(w.Table)).Select(w => KnownSchema.KeyOf(w.Table)));
                break;
        }
    }
}

/// <summary>What the script did so far.</summary>
internal sealed class ScriptSoFar
{
    private const int MostRemembered = 2000;

    public List<(string Table, KnownIndex Index)> DroppedIndexes { get; } = [];

    public List<(string Table, KnownColumn Column)> DroppedColumns { get; } = [];

    public HashSet<(string Table, string Column)> AddedColumns { get; } = [];

    public List<Relation> DroppedTables { get; } = [];

    public HashSet<string> DroppedFunctions { get; } = new(StringComparer.Ordinal);

    public HashSet<(string Table, string Column)> Filled { get; } = [];

    public HashSet<string> Analyzed { get; } = new(StringComparer.Ordinal);

    public bool SetSearchPath { get; private set; }

    /// <summary>The table that the statement before altered.</summary>
    public string? Altered { get; private set; }

    public void Note(Scene scene)
    {
        Altered = scene.Statement is Statement.AlterRelation { Kind: RelationKind.Table } alter ? KnownSchema.KeyOf(alter.Name) : null;
        AddedColumns.UnionWith(scene.Actions<AlterAction.AddColumn>().Select(a => (a.Table, a.Action.Column.Name)));
        DroppedColumns.AddRange(scene.Actions<AlterAction.DropColumn>().Take(MostRemembered - DroppedColumns.Count).Select(d => (d.Table, d.Known?.Column(d.Action.Column) ?? new KnownColumn(d.Action.Column, null))));
        switch (scene.Statement)
        {
            case Statement.Drop { Kind: "INDEX" } drop:
                foreach (var name in drop.Names.Items.Take(MostRemembered - DroppedIndexes.Count))
                {
                    if (scene.Before.TableOfIndex(name) is { } table && table.Indexes.Find(i => i.Name == name.Name) is { } index)
                    {
                        DroppedIndexes.Add((table.Key, index));
                    }
                }

                break;
            case Statement.Drop { Kind: "TABLE" } drop:
                DroppedTables.AddRange(drop.Names.Items.Take(MostRemembered - DroppedTables.Count).Select(n => scene.Before.Find(n) ?? new Relation(KnownSchema.KeyOf(n), n, RelationKind.Table)).Where(t => !t.New));
                break;
            case Statement.Drop { Kind: "FUNCTION" or "PROCEDURE" }:
                DroppedFunctions.Add(scene.Text.Split('(')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1].ToLowerInvariant());
                break;
            case Statement.Write:
                Filled.UnionWith(scene.Statement.Writes.SelectMany(w => w.Assigned.Items.Select(c => (KnownSchema.KeyOf(w.Table), c))));
                break;
            case Statement.Analyze analyze:
                Analyzed.UnionWith(analyze.Names.Items.Select(KnownSchema.KeyOf));
                break;
            case Statement.Setting { Name: "search_path" }:
                SetSearchPath = true;
                break;
        }
    }
}
