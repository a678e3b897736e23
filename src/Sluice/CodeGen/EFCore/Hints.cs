using System.Text.RegularExpressions;

namespace Sluice.CodeGen.EFCore;

/// <summary>What doc comments say to the generator: `@clr(Type)`, `@softDelete`, `@softDelete(field)`, `@rowVersion`.</summary>
internal static partial class Hints
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

    /// <summary>The rest of the comment, for people.</summary>
    public static string? Prose(string? documentation)
    {
        var lines = documentation?.Split('\n').Where(l => !Line().IsMatch(l)).Select(l => l.Trim()) ?? [];
        var text = string.Join('\n', lines).Trim('\n');
        return text.Length == 0 ? null : text;
    }

    private static string? Argument(string? documentation, string name)
    {
        foreach (var line in documentation?.Split('\n') ?? [])
        {
            if (Line().Match(line) is { Success: true } match && match.Groups["name"].Value == name)
            {
                return match.Groups["argument"].Value.Trim().Trim('"');
            }
        }

        return null;
    }

    [GeneratedRegex(@"^\s*@(?<name>clr|softDelete|rowVersion|renamedFrom)\s*(\((?<argument>[^()]*)\))?\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Line();
}
