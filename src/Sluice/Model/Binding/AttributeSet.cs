using System.Collections.Immutable;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>
/// The attributes of one field, value or block. Each is asked for by name; <see cref="Finish"/> reports those that nobody asked for.
/// </summary>
internal sealed class AttributeSet(
    Findings findings, SourceText source, ImmutableArray<AttributeSyntax> attributes, string at)
{
    private readonly bool[] visited = attributes.IsEmpty ? [] : new bool[attributes.Length];

    public static AttributeSet OfField(Findings findings, SourceText source, ImmutableArray<AttributeSyntax> attributes) =>
        new(findings, source, attributes, "@");

    public static AttributeSet OfBlock(Findings findings, SourceText source, ImmutableArray<AttributeSyntax> attributes) =>
        new(findings, source, attributes, "@@");

    /// <summary>The attribute of that name, null when absent, repeated or too broken to read (the last two are reported).</summary>
    public AttributeReader? Single(string name)
    {
        var first = -1;
        var repeated = false;
        for (var i = 0; i < attributes.Length; i++)
        {
            if (attributes[i].Name.Name != name)
            {
                continue;
            }

            repeated |= first >= 0;
            first = first < 0 ? i : first;
            visited[i] = true;
        }

        if (first < 0)
        {
            return null;
        }

        if (!repeated)
        {
            return AttributeReader.Open(findings, source, attributes[first], at);
        }

        foreach (var attribute in attributes.Where(a => a.Name.Name == name))
        {
            findings.Add(source, attribute.Span, AttributeMistakes.Repeated(at + name));
        }

        return null;
    }

    /// <summary>Every readable attribute of that name, for those that may be repeated.</summary>
    public IEnumerable<AttributeReader> All(string name) => attributes.IsEmpty ? [] : Unvisited(name);

    /// <summary>The attributes with a scope, such as `@db.VarChar`.</summary>
    public IEnumerable<AttributeSyntax> Scoped() => attributes.IsEmpty ? [] : FindScoped();

    public void Finish()
    {
        for (var i = 0; i < visited.Length; i++)
        {
            if (!visited[i])
            {
                findings.Add(source, attributes[i].Span, AttributeMistakes.Unknown(at + attributes[i].Name.Name));
            }
        }
    }

    private IEnumerable<AttributeReader> Unvisited(string name)
    {
        for (var i = 0; i < attributes.Length; i++)
        {
            if (attributes[i].Name.Name == name && !visited[i])
            {
                visited[i] = true;
                if (AttributeReader.Open(findings, source, attributes[i], at) is { } reader)
                {
                    yield return reader;
                }
            }
        }
    }

    private IEnumerable<AttributeSyntax> FindScoped()
    {
        for (var i = 0; i < attributes.Length; i++)
        {
            if (attributes[i].Name.Name.Contains('.'))
            {
                visited[i] = true;
                yield return attributes[i];
            }
        }
    }
}
