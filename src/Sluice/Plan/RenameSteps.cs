using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Diff.Renames;

namespace Sluice.Plan;

/// <summary>
/// Renames come before everything else, so that every other step finds the names it is written with. A name is taken over
/// only once it is free.
/// </summary>
internal static class RenameSteps
{
    /// <summary>Tables and enums before what is in them; sequences come with the other names that only follow.</summary>
    public static IEnumerable<PlanStep> Of(ImmutableArray<Rename> renames) =>
        Ordered(renames.Where(r => r is Rename.Table or Rename.Enum))
            .Concat(Ordered(renames.Where(r => r is Rename.Column or Rename.EnumValue)))
            .Select(r => new PlanStep.Rename(r));

    /// <summary>
    /// The names of constraints, indexes and sequences that follow from renames, taken out of <paramref name="steps"/>. One
    /// whose new name is set free only by another step stays where it was.
    /// </summary>
    /// <param name="source">The catalog after the renames.</param>
    public static ImmutableArray<PlanStep> Following(ImmutableArray<Rename> renames, Database source, List<PlanStep> steps)
    {
        var following = renames.OfType<Rename.Sequence>().Select(r => (PlanStep)new PlanStep.Rename(r)).Concat(steps.SelectMany(Renaming)).ToList();
        var taken = RelationNames.Of(source).Select(n => Key(n.Schema, n.Name)).ToHashSet(StringComparer.Ordinal);
        // In that catalog the sequences have their new names already.
        taken.ExceptWith(following.Select(s => s is PlanStep.Rename ? Names(s).To : Names(s).From));
        following.RemoveAll(s => taken.Contains(Names(s).To));
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            if (Without(steps[i], following) is { } rest)
            {
                steps[i] = rest;
            }
            else
            {
                steps.RemoveAt(i);
            }
        }

        var ordered = ImmutableArray.CreateBuilder<PlanStep>();
        while (following.Count > 0)
        {
            var next = following.Find(s => !following.Exists(o => o != s && Names(o).From == Names(s).To)) ?? following[0];
            ordered.Add(next);
            following.Remove(next);
        }

        return ordered.ToImmutable();
    }

    private static IEnumerable<PlanStep> Renaming(PlanStep step) => step switch
    {
        PlanStep.RenameIndex or PlanStep.RenameForeignKey => [step],
        PlanStep.AlterTable alter => alter.Alterations.Items.OfType<Alteration.RenamePrimaryKey>().Select(a => alter with { Alterations = [a] }),
        _ => [],
    };

    private static PlanStep? Without(PlanStep step, List<PlanStep> taken) => step switch
    {
        PlanStep.AlterTable alter when Renaming(alter).Any(taken.Contains) =>
            alter.Alterations.Items.Where(a => a is not Alteration.RenamePrimaryKey).ToImmutableArray() is { IsEmpty: false } rest ? alter with { Alterations = rest } : null,
        _ => taken.Contains(step) ? null : step,
    };

    private static (string From, string To) Names(PlanStep step) => step switch
    {
        PlanStep.RenameIndex { Table: var table } rename => (Key(table.Schema, rename.From.Name), Key(table.Schema, rename.To.Name)),
        // Unique within its table only.
        PlanStep.RenameForeignKey { Table: var table } rename => (Key(table.Schema, table.Name, rename.From.Name), Key(table.Schema, table.Name, rename.To.Name)),
        PlanStep.AlterTable { From.Name.Schema: var schema, Alterations: [Alteration.RenamePrimaryKey key] } => (Key(schema, key.From.Name), Key(schema, key.To.Name)),
        PlanStep.Rename { What: Rename.Sequence sequence } => (Key(sequence.From.Schema, sequence.From.Name), Key(sequence.To.Schema, sequence.To.Name)),
        _ => throw new UnreachableException(step.GetType().Name),
    };

    private static string Key(params ReadOnlySpan<string?> parts) => string.Join('\0', parts);

    private static IEnumerable<Rename> Ordered(IEnumerable<Rename> renames)
    {
        var pending = renames.ToList();
        while (pending.Count > 0)
        {
            var next = pending.Find(r => !pending.Exists(o => o != r && Place(o).From == Place(r).To));
            if (next is null)
            {
                // Two that take each other's name: one of them makes way first.
                var (aside, back) = Detour(pending[0]);
                pending[0] = back;
                yield return aside;
            }
            else
            {
                pending.Remove(next);
                yield return next;
            }
        }
    }

    // A table and an enum cannot have the same name either: every table is a type.
    private static (string From, string To) Place(Rename rename) => rename switch
    {
        Rename.Table r => (Key(r.From.Schema, r.From.Name), Key(r.To.Schema, r.To.Name)),
        Rename.Enum r => (Key(r.From.Schema, r.From.Name), Key(r.To.Schema, r.To.Name)),
        Rename.Column r => (Key("column", r.Of.Schema, r.Of.Name, r.From), Key("column", r.Of.Schema, r.Of.Name, r.To)),
        Rename.EnumValue r => (Key("value", r.Of.Schema, r.Of.Name, r.From), Key("value", r.Of.Schema, r.Of.Name, r.To)),
        _ => throw new UnreachableException(rename.GetType().Name),
    };

    private static (Rename Aside, Rename Back) Detour(Rename rename)
    {
        const string Aside = "_aside";
        switch (rename)
        {
            case Rename.Table r:
                var table = r.From with { Name = StoredNames.Cut(r.From.Name, 50) + Aside };
                return (r with { To = table }, r with { From = table });
            case Rename.Enum r:
                var type = r.From with { Name = StoredNames.Cut(r.From.Name, 50) + Aside };
                return (r with { To = type }, r with { From = type });
            case Rename.Column r:
                var column = StoredNames.Cut(r.From, 50) + Aside;
                return (r with { To = column }, r with { From = column });
            case Rename.EnumValue r:
                var value = StoredNames.Cut(r.From, 50) + Aside;
                return (r with { To = value }, r with { From = value });
            default:
                throw new UnreachableException(rename.GetType().Name);
        }
    }
}
