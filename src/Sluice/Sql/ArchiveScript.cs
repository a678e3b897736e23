using System.Collections.Immutable;
using System.Text;
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
    public string Write(MigrationPlan plan, ImmutableArray<Loss> lost, ImmutableArray<Loss> back)
    {
        ImmutableArray<PlanStep> steps = [.. plan.Steps.Select(s => s is PlanStep.AlterTable alter ? Relaxed(alter, back) : s)];

        // Rows come back when their columns are there, and before the indexes and foreign keys that check them.
        var split = Array.FindLastIndex([.. steps], s => s is PlanStep.AlterTable or PlanStep.CreateTable or PlanStep.DropTable or PlanStep.DropEnum) + 1;
        string[] parts =
        [
            Keep(lost),
            SqlWriter.Write(plan with { Steps = steps[..split] }),
            Restore(back, plan),
            SqlWriter.Write(plan with { Steps = steps[split..] }),
        ];
        return string.Join('\n', parts.Where(p => p.Length > 0));
    }

    private string Keep(ImmutableArray<Loss> lost)
    {
        var text = new StringBuilder();
        foreach (var loss in lost.Where(l => !l.Keepable.IsEmpty))
        {
            text.Append(text.Length > 0 ? "\n" : "").Append("-- KeepData\n");
            foreach (var statement in Keep(loss))
            {
                text.Append(statement).Append(";\n");
            }
        }

        return text.ToString();
    }

    // An archive that is there already holds what an earlier run kept: what both know is taken anew, the rest stays.
    private IEnumerable<string> Keep(Loss loss)
    {
        var archive = ArchiveName.Quoted(migration, isUp, loss.Table.Name);
        var table = names.Of(loss.Table.Name);
        var query = $"SELECT {string.Join(", ", Kept(loss).Select(c => Stored("t", c) is var value && IsStoredAsText(c) ? $"{value} AS {SqlNames.Quote(c.Name)}" : value))} FROM {table} AS t";
        yield return $"CREATE SCHEMA IF NOT EXISTS {SqlNames.Quote(ArchiveName.Schema)}";
        yield return $"CREATE TABLE IF NOT EXISTS {archive} AS {query} WITH NO DATA";
        var key = loss.IsTable ? loss.Table.PrimaryKey?.Columns.Items.Select(c => loss.Table.Column(c.Name)).OfType<Column>().ToImmutableArray() ?? [] : loss.Key;
        if (!key.IsEmpty)
        {
            yield return $"DELETE FROM {archive} AS a USING {table} AS t WHERE {Same(key)}";
        }

        yield return $"INSERT INTO {archive} {query}";
    }

    private string Restore(ImmutableArray<Loss> back, MigrationPlan plan)
    {
        var text = new StringBuilder();
        foreach (var loss in back.Where(l => !l.Keepable.IsEmpty))
        {
            text.Append(text.Length > 0 ? "\n" : "").Append("-- RestoreData\n");
            var statements = Restore(loss).ToList();

            // The way down knows that the way up has kept it. Not so the other way round: the first time up, nothing was kept.
            text.Append(isUp ? Guarded(ArchiveName.Quoted(migration, false, loss.Table.Name), statements) : string.Concat(statements.Select(s => s + ";\n")));
            foreach (var required in RequiredAgain(loss, plan))
            {
                text.Append($"ALTER TABLE {names.Of(loss.Table.Name)} ALTER COLUMN {SqlNames.Quote(required)} SET NOT NULL;\n");
            }
        }

        return text.ToString();
    }

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
                yield return $"UPDATE {table} AS t SET {name} = {Value(column.Column)} FROM {archive} AS a WHERE {Same(loss.Key)}{Untouched(column)}";
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

    private static string Guarded(string archive, IEnumerable<string> statements)
    {
        var body = string.Concat(statements.Select(s => $"    {s};\n"));
        var tag = "$keep$";
        for (var i = 1; body.Contains(tag, StringComparison.Ordinal); i++)
        {
            tag = $"$keep{i}$";
        }

        return $"DO {tag}\nBEGIN\n  IF to_regclass({SqlNames.Literal(archive)}) IS NOT NULL THEN\n{body}  END IF;\nEND\n{tag};\n";
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

    private static IEnumerable<Column> Kept(Loss loss) => loss.Key.Concat(loss.Keepable.Select(c => c.Column));

    private static string Same(ImmutableArray<Column> key) => string.Join(" AND ", key.Select(c => $"{Stored("t", c)} = a.{SqlNames.Quote(c.Name)}"));

    // A type that may go before the archive does must not be held by it: such values are kept as text.
    private static bool IsStoredAsText(Column column) => column.Type is not ColumnType.Native { Type.Kind: not NativeKind.Citext };

    private static string Stored(string source, Column column) =>
        $"{source}.{SqlNames.Quote(column.Name)}{(IsStoredAsText(column) ? "::text" + (column.Arity is FieldArity.List ? "[]" : "") : "")}";

    private string Value(Column column) =>
        $"a.{SqlNames.Quote(column.Name)}{(IsStoredAsText(column) ? "::" + SqlTypes.OfExisting(column, names) : "")}";
}
