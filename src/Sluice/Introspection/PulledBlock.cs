using System.Text;

namespace Sluice.Introspection;

/// <summary>A block while it is put together; the formatter lays it out.</summary>
internal sealed class PulledBlock(string keyword, string name, string? documentation)
{
    private readonly List<string> documentation = [.. documentation?.Split('\n') ?? []];

    public string Name { get; } = name;

    public List<PulledField> Fields { get; } = [];

    /// <summary>`@@…`, in the order in which they are to stand.</summary>
    public List<string> Attributes { get; } = [];

    public bool IsCommentedOut { get; set; }

    /// <summary>Adds a line to the documentation, once.</summary>
    public void Remark(string line)
    {
        if (!documentation.Contains(line))
        {
            documentation.Add(line);
        }
    }

    public void WriteTo(StringBuilder text)
    {
        var comment = IsCommentedOut ? "// " : "";
        WriteDocumentation(text, documentation);
        text.Append(comment).Append(keyword).Append(' ').Append(Name).Append(" {\n");
        foreach (var field in Fields)
        {
            // What an earlier pull said of a field that it commented out seems to belong to the next one.
            var isCommentedOut = field.Text.StartsWith("//", StringComparison.Ordinal);
            WriteDocumentation(text, (field.Documentation?.Split('\n') ?? []).Where(l => isCommentedOut || l != FieldPrinter.InvalidName));
            text.Append(comment).Append(field.Text).Append('\n');
        }

        // An empty line parts the attributes from the fields.
        text.Append(Attributes.Count > 0 && Fields.Count > 0 ? comment.TrimEnd() + "\n" : "");
        foreach (var attribute in Attributes)
        {
            text.Append(comment).Append(attribute).Append('\n');
        }

        text.Append(comment).Append("}\n\n");
    }

    private static void WriteDocumentation(StringBuilder text, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            text.Append(line.Length == 0 ? "///" : "/// " + line).Append('\n');
        }
    }
}
