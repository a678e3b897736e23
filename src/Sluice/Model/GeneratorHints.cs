using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Sluice.Model;

/// <summary>
/// What doc comments say to `sluice generate`: `@clr(Type)` on a JSON field, `@softDelete` or `@softDelete(field)` and `@rowVersion`
/// on a model. Doc comments, so that other tools still read the file.
/// </summary>
internal static partial class GeneratorHints
{
    /// <summary>The C# type that a JSON field is read into.</summary>
    public static string? ClrType(string? documentation) => Argument(documentation, "clr") is { Length: > 0 } type ? type : null;

    /// <summary>The field that says when a row was deleted; `deletedAt` where the hint names none. Null without the hint.</summary>
    public static string? SoftDelete(string? documentation) => Argument(documentation, "softDelete") switch
    {
        null => null,
        "" => "deletedAt",
        var field => field,
    };

    public static bool RowVersion(string? documentation) => Argument(documentation, "rowVersion") is not null;

    /// <summary>Each hint that a comment gives, with null for an argument that cannot be read.</summary>
    public static ImmutableArray<(string Name, string? Argument)> In(string? documentation)
    {
        if (documentation is null || !documentation.Contains('@', StringComparison.Ordinal))
        {
            return [];
        }

        return
        [
            .. documentation.Split('\n')
                .Select(l => (Line: l, Start: Start().Match(l)))
                .Where(l => l.Start.Success)
                .Select(l => (l.Start.Groups["name"].Value, Whole().Match(l.Line) is { Success: true } whole ? Unquoted(whole) : null)),
        ];
    }

    /// <summary>A name with points, generic arguments and brackets: what C# can take for a reference type.</summary>
    public static bool IsType(string text) => Type().IsMatch(text);

    /// <summary>The rest of the comment, for people.</summary>
    public static string? Prose(string? documentation)
    {
        if (documentation is null)
        {
            return null;
        }

        var lines = documentation.Split('\n').Where(l => !Start().IsMatch(l) && RenameHint.In(l).IsEmpty).Select(l => l.Trim());
        var text = string.Join('\n', lines).Trim('\n');
        return text.Length == 0 ? null : text;
    }

    private static string? Argument(string? documentation, string name) =>
        In(documentation).FirstOrDefault(h => h.Name == name).Argument;

    private static string Unquoted(Match whole) => whole.Groups["argument"].Value.Trim().Trim('"');

    // Followed by nothing or a bracket: `@softDelete is for …` is prose.
    [GeneratedRegex(@"^\s*@(?<name>clr|softDelete|rowVersion)\s*(\(.*)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Start();

    [GeneratedRegex(@"^\s*@(clr|softDelete|rowVersion)\s*(\((?<argument>[^()]*)\))?\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^(global::)?[\p{L}_][\p{L}\p{Nd}_]*(\.[\p{L}_][\p{L}\p{Nd}_]*)*(<[\p{L}\p{Nd}_.,:<>\[\]? ]+>)?(\[\])*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Type();
}
