using System.Collections.Immutable;
using System.Text;
using Sluice.Diagnostics;

namespace Sluice.Cli.Output;

/// <summary>Mistakes in a schema for people: where, the line with the span marked, and what to write instead.</summary>
internal static class DiagnosticText
{
    // A line of ten thousand characters helps nobody.
    private const int WidestExcerpt = 160;

    public static void Print(Terminal terminal, ImmutableArray<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            terminal.Say(Describe(diagnostic, terminal.ErrorInk));
        }
    }

    /// <summary>`2 errors and 1 warning`.</summary>
    public static string Count(ImmutableArray<Diagnostic> diagnostics)
    {
        var errors = diagnostics.Count(d => d.Severity is Severity.Error);
        var warnings = diagnostics.Length - errors;
        return (errors, warnings) switch
        {
            (0, _) => Counted(warnings, "warning"),
            (_, 0) => Counted(errors, "error"),
            _ => $"{Counted(errors, "error")} and {Counted(warnings, "warning")}",
        };
    }

    public static string Counted(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    private static string Describe(Diagnostic diagnostic, Ink ink)
    {
        var source = diagnostic.Source;
        var start = Math.Clamp(diagnostic.Span.Start, 0, source.Text.Length);
        var (line, column) = source.Position(start);
        var text = new StringBuilder();
        var isError = diagnostic.Severity is Severity.Error;
        var label = $"{(isError ? "error" : "warning")} {diagnostic.Code}:";
        text.Append(isError ? ink.BoldRed(label) : ink.BoldYellow(label)).Append(' ').Append(ink.Bold(diagnostic.Message)).Append('\n');
        var number = line.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var gutter = new string(' ', number.Length);
        text.Append(gutter).Append(ink.Faint("-->")).Append($" {source.Path}:{line}:{column}\n");
        AppendExcerpt(text, diagnostic, ink, line, column - 1, gutter);
        if (diagnostic.Help is { Length: > 0 } help)
        {
            text.Append(gutter).Append(' ').Append(ink.Faint("=")).Append(' ').Append(ink.Bold("help:")).Append(' ')
                .Append(help.Replace("\n", $"\n{gutter}         ", StringComparison.Ordinal)).Append('\n');
        }

        return text.ToString();
    }

    private static void AppendExcerpt(StringBuilder text, Diagnostic diagnostic, Ink ink, int line, int column, string gutter)
    {
        var content = diagnostic.Source.Line(line);
        var length = Math.Clamp(diagnostic.Span.Length, 1, Math.Max(1, content.Length - column));
        var shift = 0;
        if (content.Length > WidestExcerpt)
        {
            shift = Math.Clamp(column - (WidestExcerpt / 4), 0, content.Length - WidestExcerpt);
            content = content.Substring(shift, WidestExcerpt);
            length = Math.Min(length, WidestExcerpt - (column - shift));
        }

        var bar = ink.Faint("|");
        // Tabs stay tabs below too, so that the marks stand under what they mark in every terminal.
        var padding = string.Concat(content.Take(column - shift).Select(c => c == '\t' ? '\t' : ' ')).PadRight(column - shift);
        var marks = new string('^', Math.Max(1, length));
        text.Append(gutter).Append(' ').Append(bar).Append('\n');
        text.Append(ink.Faint(line.ToString(System.Globalization.CultureInfo.InvariantCulture))).Append(' ').Append(bar).Append(' ').Append(content).Append('\n');
        text.Append(gutter).Append(' ').Append(bar).Append(' ').Append(padding)
            .Append(diagnostic.Severity is Severity.Error ? ink.Red(marks) : ink.Yellow(marks)).Append('\n');
    }
}
