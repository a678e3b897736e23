using System.Text;

namespace Sluice.Introspection;

/// <summary>A block while it is put together; the formatter lays it out.</summary>
internal sealed class PulledBlock(string keyword, string name, string? documentation)
{
    private readonly List<string> documentation = [.. documentation?.Split('\n') ?? []];

    public string Keyword { get; } = keyword;

    public string Name { get; } = name;

    public IReadOnlyList<string> Documentation => documentation;

    public List<PulledField> Fields { get; } = [];

    /// <summary>`@@…`, in the order in which they are to stand.</summary>
    public List<PulledAttribute> Attributes { get; } = [];

    public bool IsCommentedOut { get; set; }

    /// <summary>Adds a line to the documentation, once.</summary>
    public void Remark(string line)
    {
        if (!documentation.Contains(line))
        {
            documentation.Add(line);
        }
    }

    public string Text()
    {
        var text = new StringBuilder();
        var comment = IsCommentedOut ? "// " : "";
        text.Append(Documented(documentation)).Append(comment).Append(Keyword).Append(' ').Append(Name).Append(" {\n");
        foreach (var field in Fields)
        {
            text.Append(comment.Length == 0 ? Line(field) : comment + field.Text + "\n");
        }

        // An empty line parts the attributes from the fields.
        text.Append(Attributes.Count > 0 && Fields.Count > 0 ? comment.TrimEnd() + "\n" : "");
        foreach (var attribute in Attributes)
        {
            text.Append(comment).Append(attribute.Text).Append('\n');
        }

        return text.Append(comment).Append("}\n").ToString();
    }

    /// <summary>A field with its documentation. What an earlier pull said of a field that it commented out seems to belong to the next one.</summary>
    public static string Line(PulledField field) =>
        Documented((field.Documentation?.Split('\n') ?? []).Where(l => field.IsCommentedOut || l != FieldPrinter.InvalidName)) + field.Text + "\n";

    public static string Documented(IEnumerable<string> lines) => string.Concat(lines.Select(l => l.Length == 0 ? "///\n" : $"/// {l}\n"));
}
