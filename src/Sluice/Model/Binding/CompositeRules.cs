using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Binding;

/// <summary>Composite types are refused, after the endless ones among them have been pointed out.</summary>
internal static class CompositeRules
{
    public static void Check(SchemaBinding schema)
    {
        foreach (var composite in schema.Composites)
        {
            CheckCycles(composite);
        }

        foreach (var composite in schema.Composites)
        {
            composite.Report(composite.Syntax.Span, TypeMistakes.Composite(composite.Name));
        }
    }

    /// <summary>Reports each required field of the type from which required fields lead back to the type.</summary>
    private static void CheckCycles(CompositeBinding start)
    {
        var seen = new HashSet<CompositeBinding>();
        var open = new Stack<CompositeBinding>([start]);
        while (open.TryPop(out var composite))
        {
            foreach (var field in composite.Fields.Where(f => f.Syntax.Type.Arity is FieldArity.Required))
            {
                if (field.Composite == start)
                {
                    composite.Report(field.Syntax.Span, TypeMistakes.CompositeCycle(composite.Name, field.Syntax.Name.Name));
                }
                else if (field.Composite is { } next && seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }
    }
}
