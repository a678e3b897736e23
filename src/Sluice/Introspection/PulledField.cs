using Sluice.Text;

namespace Sluice.Introspection;

/// <summary>One line of a block, not yet aligned.</summary>
/// <param name="Type">With its arity; empty for the value of an enum.</param>
/// <param name="Attributes">Each as it is written.</param>
/// <param name="Documentation">Lines to stand before it.</param>
internal sealed record PulledField(string Name, string Type, EquatableArray<string> Attributes, string? Documentation)
{
    /// <summary>The schema cannot have it: it stands there as a comment.</summary>
    public bool IsCommentedOut { get; init; }

    public string Text => IsCommentedOut ? $"// {Line}".ReplaceLineEndings(" ") : Line;

    private string Line => string.Join(' ', (string[])[Name, .. Type.Length == 0 ? [] : (string[])[Type], .. Attributes]);

    /// <summary>The attribute of a name (`@default`), as it is written.</summary>
    public string? Attribute(string name) => Attributes.FirstOrDefault(a => NameOf(a) == name);

    public static string NameOf(string attribute) => attribute.Split('(', 2)[0];
}
