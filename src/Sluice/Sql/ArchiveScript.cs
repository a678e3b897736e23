using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Plan;
using Sluice.Syntax;

namespace Sluice.Sql;

/// <summary>A plan's SQL that keeps what it destroys in archive tables, and gives back what the other direction kept.</summary>
/// <param name="migration">Whose archives they are.</param>
/// <param name="isUp">The direction of the plan.</param>
internal sealed class ArchiveScript(string migration, bool isUp, Naming naming)
{
    private readonly SqlNames names = new(naming);

    /// <param name="lost">What the plan destroys and is to be kept.</param>
    /// <param name="back">What the other direction destroyed, and kept.</param>
    public string Write(MigrationPlan plan, ImmutableArray<Loss> lost, ImmutableArray<Loss> back) => SqlWriter.Text(
    [
        .. lost.Where(l => !l.Keepable.IsEmpty).Select(Kept),
        .. Passages(plan, back, step => [SqlWriter.Passage(step, plan.Naming)]),
    ]);

    /// <summary>The same for a script that commits on its way: what is kept is kept just before it goes.</summary>
    public IEnumerable<Passage> Write(MigrationPlan plan, ImmutableArray<Loss> lost, ImmutableArray<Loss> back, Func<PlanStep, IEnumerable<Passage>> form) =>
        Passages(plan, back, step => Array.Find([.. lost], l => !l.Keepable.IsEmpty && l.Table.Name == TableOf(step)) is { } loss ? Keeping(loss, form(step)) : form(step));

    // Where a step loses in two passages, the first is committed before the second: each keeps what itself destroys, in the one archive.
    private IEnumerable<Passage> Keeping(Loss loss, IEnumerable<Passage> passages)
    {
        var isBegun = false;
        foreach (var passage in passages)
        {
            ImmutableArray<LostColumn> going = passage.Statements.IsEmpty ? [] : [.. loss.Keepable.Where(k => passage.Loses.Contains(k.Column.Name))];
            if (!going.IsEmpty)
            {
                yield return new Passage("KeepData", [.. isBegun ? KeepMore(loss, going) : Keep(loss, going)]) { IsApart = !passage.IsJoined, IsJoined = passage.IsJoined };
                isBegun = true;
            }

            yield return going.IsEmpty ? passage : passage with { IsJoined = true };
        }
    }

    // Rows come back when their columns are there, and before the indexes and foreign keys that check them.
    private IEnumerable<Passage> Passages(MigrationPlan plan, ImmutableArray<Loss> back, Func<PlanStep, IEnumerable<Passage>> form)
    {
        ImmutableArray<PlanStep> steps = [.. plan.Steps.Select(s => s is PlanStep.AlterTable alter ? Relaxed(alter, back) : s)];
        var split = Array.FindLastIndex([.. steps], s => s is PlanStep.AlterTable or PlanStep.CreateTable or PlanStep.DropTable or PlanStep.DropEnum) + 1;
        return [.. steps[..split].SelectMany(form), .. back.Where(l => !l.Keepable.IsEmpty).Select(l => Restored(l, plan)), .. steps[split..].SelectMany(form)];
    }

    private static ObjectName? TableOf(PlanStep step) => step switch
    {
        PlanStep.AlterTable alter => alter.From.Name,
        PlanStep.DropTable drop => drop.Table.Name,
        _ => null,
    };

    private Passage Kept(Loss loss) => new("KeepData", [.. Keep(loss, loss.Keepable)]);

    // An archive that is there already holds what an earlier run kept: what both know is taken anew, the rest stays.
    private IEnumerable<string> Keep(Loss loss, ImmutableArray<LostColumn> going)
    {
        var archive = ArchiveName.Quoted(migration, isUp, loss.Table.Name);
        var table = names.Of(loss.Table.Name);
        ImmutableArray<Column> kept = [.. loss.Key, .. going.Select(c => c.Column)];
        yield return Lock(table);
        yield return $"CREATE SCHEMA IF NOT EXISTS {SqlNames.Quote(ArchiveName.Schema)}";
        yield return $"CREATE TABLE IF NOT EXISTS {archive} AS {Query(loss.Key.Concat(loss.Keepable.Select(c => c.Column)), table)} WITH NO DATA";
        var key = loss.IsTable ? loss.Table.PrimaryKey?.Columns.Items.Select(c => loss.Table.Column(c.Name)).OfType<Column>().ToImmutableArray() ?? [] : loss.Key;
        if (!key.IsEmpty)
        {
            yield return $"DELETE FROM {archive} AS a USING {table} AS t WHERE {Same(key)}";
        }

        var into = going.Length == loss.Keepable.Length ? "" : $" ({SqlNames.Quoted(kept.Select(c => c.Name))})";
        yield return $"INSERT INTO {archive}{into} {Query(kept, table)}";
    }

    // What the first passage has kept is no longer in the table.
    private IEnumerable<string> KeepMore(Loss loss, ImmutableArray<LostColumn> going)
    {
        var archive = ArchiveName.Quoted(migration, isUp, loss.Table.Name);
        var table = names.Of(loss.Table.Name);
        ImmutableArray<Column> kept = [.. loss.Key, .. going.Select(c => c.Column)];
        yield return Lock(table);
        yield return $"UPDATE {archive} AS a SET {string.Join(", ", going.Select(c => $"{SqlNames.Quote(c.Column.Name)} = {Stored("t", c.Column)}"))} FROM {table} AS t WHERE {Same(loss.Key)}";
        yield return $"INSERT INTO {archive} ({SqlNames.Quoted(kept.Select(c => c.Name))}) {Query(kept, table)} WHERE NOT EXISTS (SELECT FROM {archive} AS a WHERE {Same(loss.Key)})";
    }

    // What is written between the copy and the end of what is copied would be lost. The lock is the one that this end takes: with a weaker
    // one, whoever has read the table and then writes to it waits for the copy, and the end of it for them.
    private static string Lock(string table) => $"-- sluice: allow T11 because what is written meanwhile would be lost\nLOCK TABLE {table} IN ACCESS EXCLUSIVE MODE";

    private static string Query(IEnumerable<Column> columns, string table) =>
        $"SELECT {string.Join(", ", columns.Select(c => Stored("t", c) is var value && IsStoredAsText(c) ? $"{value} AS {SqlNames.Quote(c.Name)}" : value))} FROM {table} AS t";

    private Passage Restored(Loss loss, MigrationPlan plan) => new("RestoreData",
    [
        // The way down knows that the way up has kept it. Not so the other way round: the first time up, nothing was kept.
        .. isUp ? [Guarded(ArchiveName.Quoted(migration, false, loss.Table.Name), Restore(loss))] : Restore(loss),
        .. RequiredAgain(loss, plan).Select(c => $"ALTER TABLE {names.Of(loss.Table.Name)} ALTER COLUMN {SqlNames.Quote(c)} SET NOT NULL"),
    ]);

    private IEnumerable<string> Restore(Loss loss)
    {
        var archive = ArchiveName.Quoted(migration, !isUp, loss.Table.Name);
        var table = names.Of(loss.Table.Name);
        if (loss.IsTable)
        {
            yield return $"INSERT INTO {table} ({SqlNames.Quoted(loss.Columns.Select(c => c.Column.Name))}) OVERRIDING SYSTEM VALUE SELECT {string.Join(", ", loss.Columns.Select(c => Value(c.Column)))} FROM {archive} AS a";
            foreach (var serial in loss.Columns.Where(c => c.Column.AutoIncrement).Select(c => SqlNames.Quote(c.Column.Name)))
            {
                yield return $"{(isUp ? "PERFORM" : "SELECT")} setval(pg_get_serial_sequence({SqlNames.Literal(table)}, {SqlNames.Literal(serial[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal))}), max({serial})) FROM {table} HAVING max({serial}) IS NOT NULL";
            }
        }
        else
        {
            foreach (var column in loss.Keepable)
            {
                var name = SqlNames.Quote(column.Column.Name);
                yield return $"UPDATE {table} AS t SET {name} = {Value(column.Column)} FROM {archive} AS a WHERE {Same(loss.Key)}{Untouched(column)}{WasKept(loss, column)}";
            }
        }

        yield return $"DROP TABLE {archive}";
    }

    // A value that somebody has written since is not what the cast made of the kept one.
    private string Untouched(LostColumn column)
    {
        var name = SqlNames.Quote(column.Column.Name);
        return column.CastTo is { } cast
            ? $" AND t.{name} IS NOT DISTINCT FROM a.{name}::{SqlTypes.OfExisting(cast, names)}::{SqlTypes.OfExisting(column.Column, names)}"
            : "";
    }

    // A row that came between two passages has a key in the archive, and nothing of what had gone by then.
    private static string WasKept(Loss loss, LostColumn column) => column is { CastTo: null, Column.Arity: FieldArity.Required } && loss.Keepable.Length > 1
        ? $" AND a.{SqlNames.Quote(column.Column.Name)} IS NOT NULL"
        : "";

    private static string Guarded(string archive, IEnumerable<string> statements)
    {
        var body = string.Concat(statements.Select(s => $"    {s};\n"));
        var tag = "$keep$";
        for (var i = 1; body.Contains(tag, StringComparison.Ordinal); i++)
        {
            tag = $"$keep{i}$";
        }

        return $"DO {tag}\nBEGIN\n  IF to_regclass({SqlNames.Literal(archive)}) IS NOT NULL THEN\n{body}  END IF;\nEND\n{tag}";
    }

    /// <summary>A column that is to be filled from an archive cannot be required before.</summary>
    private static PlanStep.AlterTable Relaxed(PlanStep.AlterTable step, ImmutableArray<Loss> back)
    {
        var kept = back.Where(l => !l.IsTable && l.Table.Name == step.From.Name).SelectMany(l => l.Keepable).Select(c => c.Column.Name).ToHashSet(StringComparer.Ordinal);
        return kept.Count == 0 ? step : step with
        {
            Alterations =
            [
                .. step.Alterations.Items.Select(a => a switch
                {
                    Alteration.AddColumn { IsRequiredWithoutDefault: true } add when kept.Contains(add.Column.Name) =>
                        new Alteration.AddColumn(add.Column with { Arity = FieldArity.Optional }),
                    Alteration.RecreateColumn { To: { Arity: FieldArity.Required, Default: null } to } recreate when kept.Contains(to.Name) =>
                        recreate with { To = to with { Arity = FieldArity.Optional } },
                    _ => a,
                }),
            ],
        };
    }

    private static IEnumerable<string> RequiredAgain(Loss loss, MigrationPlan plan) =>
        from step in plan.Steps.OfType<PlanStep.AlterTable>()
        where !loss.IsTable && step.From.Name == loss.Table.Name
        from alteration in step.Alterations.Items
        let column = alteration switch
        {
            Alteration.AddColumn { IsRequiredWithoutDefault: true } add => add.Column,
            Alteration.RecreateColumn { To: { Arity: FieldArity.Required, Default: null } to } => to,
            _ => null,
        }
        where column is not null && loss.Keepable.Any(k => k.Column.Name == column.Name)
        select column.Name;

    private static string Same(ImmutableArray<Column> key) => string.Join(" AND ", key.Select(c => $"{Stored("t", c)} = a.{SqlNames.Quote(c.Name)}"));

    // A type that may go before the archive does must not be held by it: such values are kept as text.
    private static bool IsStoredAsText(Column column) => column.Type is not ColumnType.Native { Type.Kind: not NativeKind.Citext };

    private static string Stored(string source, Column column) =>
        $"{source}.{SqlNames.Quote(column.Name)}{(IsStoredAsText(column) ? "::text" + (column.Arity is FieldArity.List ? "[]" : "") : "")}";

    private string Value(Column column) =>
        $"a.{SqlNames.Quote(column.Name)}{(IsStoredAsText(column) ? "::" + SqlTypes.OfExisting(column, names) : "")}";
}
