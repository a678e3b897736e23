using System.Buffers;
using Sluice.Diagnostics;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>The catalogue of what the parser can say, SL1001 onwards. Numbers are never reused.</summary>
internal sealed class SyntaxDiagnostics(SourceText source)
{
    private const string Keywords = "`model`, `enum`, `type`, `view`, `datasource` or `generator`";

    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\r\n{(");

    public Diagnostic UnknownLine(TextSpan span) => Error("SL1001", span,
        $"This line begins with {Found(span)}, but a declaration was expected here.",
        $"Start a block with {Keywords}, a name, and `{{` at the end of the same line; close it with `}}` at the start of a line.");

    public Diagnostic UnknownBlock(TextSpan span) => Error("SL1002", span,
        $"{Found(span)} is not a kind of block.",
        $"Blocks are {Keywords}, followed by a name: `model User {{`.");

    public Diagnostic TypeAlias(TextSpan span) => Error("SL1003", span,
        "Type aliases (`type X = Y`) are no longer part of the language.",
        "Write the type and its attributes on each field that used the alias.");

    public Diagnostic NotAField(TextSpan span, string block) => Error("SL1004", span,
        $"This line is neither a field nor an attribute of the {block}.",
        "Write a field as `name Type @attribute(…)`, a block attribute as `@@name(…)`, each whole on a line of its own.");

    public Diagnostic NotAnEnumValue(TextSpan span) => Error("SL1005", span,
        "This line is not a value of the enum.",
        "Write one value on each line: `NAME` or `NAME @map(\"name\")`.");

    public Diagnostic NotAProperty(TextSpan span, string block) => Error("SL1006", span,
        $"This line is not a setting of the {block}.",
        "Write `name = value`; a value is a string in double quotes, a list in brackets, or `env(\"NAME\")`.");

    public Diagnostic FieldWithoutType(TextSpan span, string field, string block, string name) => Error("SL1007", span,
        $"The field `{field}` of {block} `{name}` has no type.",
        $"Write the type after the name: `{field} String`.");

    public Diagnostic LegacyColon(TextSpan span, string field, string? type) => Error("SL1008", span,
        "A colon between a field's name and its type is the syntax of Prisma 1.",
        $"Leave it out: `{field} {type ?? "String"}`.");

    public Diagnostic LegacyRequired(TextSpan span, string type) => Error("SL1009", span,
        "Fields are required unless marked optional; `!` means nothing here.",
        $"Write `{type}`, or `{type}?` for an optional field.");

    public Diagnostic LegacyList(TextSpan span, string type) => Error("SL1010", span,
        "A list is not written with brackets around the type.",
        $"Write `{type}[]`.");

    public Diagnostic OptionalList(TextSpan span, string type) => Error("SL1011", span,
        "A list cannot be optional.",
        $"Write `{type}[]`, which may be empty, or `{type}?`.");

    public Diagnostic TrailingComma(TextSpan span, string owner) => Error("SL1012", span,
        $"A comma with nothing after it ends the arguments of `{owner}`.",
        "Remove the comma.");

    public Diagnostic MissingValue(TextSpan span, string argument, string owner) => Error("SL1013", span,
        $"The argument `{argument}` of `{owner}` has no value.",
        $"Write a value after the colon, or remove `{argument}:`.");

    public Diagnostic UnknownEscape(TextSpan span) => Error("SL1014", span,
        $"{Found(span)} is not an escape sequence.",
        @"Known are \"" \\ \/ \b \f \n \r \t and \uXXXX; write a backslash itself as `\\`.");

    public Diagnostic BadUnicodeEscape(TextSpan span) => Error("SL1015", span,
        $"{Found(span)} is not a whole Unicode escape.",
        @"Write `\u` and four hexadecimal digits; beyond U+FFFF two of them, a surrogate pair.");

    public Diagnostic TooDeep(TextSpan span) => Error("SL1016", span,
        "The brackets on this line are nested deeper than the parser follows.",
        "Use at most 100 levels.");

    public Diagnostic CompositeAttribute(TextSpan span, string attribute) => Error("SL1017", span,
        $"A composite type cannot have `{attribute}`.",
        "Put it on the model that holds the composite type.");

    public Diagnostic TextAfterBrace(TextSpan span) => new("SL1018", Severity.Warning,
        "What follows the opening brace on its line is skipped.", source, span,
        "Begin the contents of the block on the next line.");

    private Diagnostic Error(string code, TextSpan span, string message, string help) =>
        new(code, Severity.Error, message, source, span, help);

    // The first word says enough, and a line may be a megabyte long.
    private string Found(TextSpan span)
    {
        var text = source.Text.AsSpan(span.Start, Math.Min(span.Length, 40));
        var end = text.IndexOfAny(WordEnds);
        var word = end > 0 ? text[..end] : text.Trim();
        return word.IsEmpty ? "nothing" : $"`{word}`";
    }
}
