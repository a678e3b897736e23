using Sluice.Model;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Introspection;

/// <summary>
/// A block of the previous schema with what the database says otherwise. Every line that means what it meant stays as it is
/// written, with its comments and in its place; what is gone goes with its own comments; what is new comes after the field that the
/// database has before it: a new column with the columns, not below the relations.
/// </summary>
internal sealed class KeptBlock(SourceText source, Piece.Block block, Entity? entity, PulledBlock said, PulledBlock found)
{
    private readonly Dictionary<string, PulledField> saidFields = ByName(said);
    private readonly Dictionary<string, PulledField> foundFields = ByName(found);
    private readonly ILookup<string, string> saidAttributes = said.Attributes.ToLookup(a => a.Key, a => a.Text, StringComparer.Ordinal);
    private readonly ILookup<string, string> foundAttributes = found.Attributes.ToLookup(a => a.Key, a => a.Text, StringComparer.Ordinal);
    private readonly HashSet<string> written = new(StringComparer.Ordinal);

    public string Text()
    {
        var pieces = block.Contents.ToList();
        var parts = pieces.Select((p, i) => Keep(p, pieces.ElementAtOrDefault(i + 1))).Append("").ToList();
        var keys = pieces.OfType<Piece.BlockAttribute>().Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        var lastAttribute = pieces.FindLastIndex(p => p is Piece.BlockAttribute);
        parts[lastAttribute < 0 ? ^1 : lastAttribute] += string.Concat(found.Attributes.Where(a => !keys.Contains(a.Key)).Select(a => a.Text + "\n"));
        AddNewFields(pieces, parts);
        return source.Slice(TextSpan.FromBounds(block.Span.Start, block.AfterBrace.End)) + "\n" + string.Concat(parts) + "}";
    }

    private void AddNewFields(List<Piece> pieces, List<string> parts)
    {
        parts.Insert(0, "");
        var place = pieces.FindLastIndex(p => p is Piece.Field) + 1;
        foreach (var field in found.Fields)
        {
            var own = pieces.FindIndex(p => p is Piece.Field kept && kept.Name.Name == field.Name) + 1;
            if (own > 0)
            {
                place = own;
            }
            else if (!written.Contains(field.Name))
            {
                parts[place] += PulledBlock.Line(field);
            }
        }
    }

    private string Keep(Piece piece, Piece? next) => piece switch
    {
        Piece.Field field => foundFields.TryGetValue(field.Name.Name, out var now) ? Keep(field, now) : "",
        Piece.BlockAttribute attribute => Keep(attribute),
        Piece.Comments comments when next is Piece.Field field && !foundFields.ContainsKey(field.Name.Name) => CommentedFields(comments, isAll: false),
        Piece.Comments when next is Piece.BlockAttribute attribute && Keep(attribute).Length == 0 => "",
        Piece.Comments comments => CommentedFields(comments, isAll: true),
        _ => source.Slice(piece.Span),
    };

    private string Keep(Piece.Field field, PulledField now)
    {
        written.Add(now.Name);
        var before = saidFields.GetValueOrDefault(now.Name);
        return before?.Text == now.Text ? source.Slice(field.Span) : Changed(field, before, now);
    }

    private string Keep(Piece.BlockAttribute attribute)
    {
        var key = KeyOf(attribute);
        var (before, now) = (saidAttributes[key].FirstOrDefault(), foundAttributes[key].FirstOrDefault());

        // What neither says means nothing, such as a name that it has anyhow.
        return before == now ? source.Slice(attribute.Span) + "\n"
            : now is null ? ""
            : now + Trailing(attribute.Trailing) + "\n";
    }

    private string KeyOf(Piece.BlockAttribute attribute) => AttributeKeys.Of(attribute.Attribute, entity);

    private string Changed(Piece.Field field, PulledField? before, PulledField now)
    {
        var own = field.Attributes.Select(a => (Name: "@" + a.Name.Name, Text: source.Slice(a.Span))).ToList();
        var kept = own.Select(a => (before?.Attribute(a.Name), now.Attribute(a.Name)) switch
        {
            (var old, { } same) when old == same => a.Text,
            (_, { } other) => other,
            (null, null) when before is not null && IsStillRedundant(a.Name, before, now) => a.Text,
            _ => "",
        });
        var added = now.Attributes.Where(a => own.All(o => o.Name != PulledField.NameOf(a)));
        var words = ((string[])[now.Name, now.Type, .. kept, .. added]).Where(w => w.Length > 0);
        return string.Join(' ', words) + Trailing(field.Trailing) + "\n";
    }

    // A type in the database that is the usual one need not be said; of another it would be wrong.
    private static bool IsStillRedundant(string attribute, PulledField before, PulledField now) =>
        !attribute.Contains('.', StringComparison.Ordinal) || (Base(before.Type) == Base(now.Type) && !now.Attributes.Any(a => PulledField.NameOf(a).Contains('.', StringComparison.Ordinal)));

    private static string Base(string type) => type.TrimEnd('?', '[', ']');

    private string Trailing(Comment? comment) => comment is { } words ? " " + source.Slice(words.Span) : "";

    /// <summary>Comments, among them fields that an earlier pull commented out: these stay as long as the database has them.</summary>
    /// <param name="isAll">Else only those fields.</param>
    private string CommentedFields(Piece.Comments comments, bool isAll)
    {
        var lines = comments.Items.Select(c => source.Slice(c.Span)).ToList();
        var kept = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            var isRemark = lines[i] == "/// " + FieldPrinter.InvalidName;
            var line = isRemark && i + 1 < lines.Count ? lines[++i] : lines[i];
            if (found.Fields.FirstOrDefault(f => f.IsCommentedOut && f.Text == line) is { } field)
            {
                written.Add(field.Name);
                kept.Add(PulledBlock.Line(field));
            }
            else if (isAll && !isRemark)
            {
                kept.Add(line + "\n");
            }
        }

        return string.Concat(kept);
    }

    private static Dictionary<string, PulledField> ByName(PulledBlock block) =>
        block.Fields.Where(f => !f.IsCommentedOut).ToDictionary(f => f.Name, StringComparer.Ordinal);
}
