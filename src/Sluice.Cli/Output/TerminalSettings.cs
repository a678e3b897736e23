using System.CommandLine;
using Sluice.Cli.Options;

namespace Sluice.Cli.Output;

/// <param name="Live">A line on stderr can be rewritten; that takes a terminal, and no colours.</param>
/// <param name="Screen">So can what is on stdout.</param>
/// <param name="CanAsk">A person sits at both ends: questions may be asked.</param>
internal sealed record TerminalSettings(bool Json, bool ColorOut, bool ColorError, bool Live, bool Screen, bool CanAsk, bool AnswerYes)
{
    public static TerminalSettings Detect(ParseResult? parse)
    {
        var json = parse?.GetValue(SharedOptions.Json) ?? false;
        var paper = json || Environment.GetEnvironmentVariable("TERM") is "dumb";
        var plain = paper || (parse?.GetValue(SharedOptions.NoColor) ?? false) || IsSet("NO_COLOR");
        return new(
            json,
            !plain && !Console.IsOutputRedirected,
            !plain && !Console.IsErrorRedirected,
            !paper && !Console.IsErrorRedirected,
            !paper && !Console.IsOutputRedirected,
            !json && !Console.IsInputRedirected && !Console.IsErrorRedirected && !IsSet("CI"),
            parse?.GetValue(SharedOptions.Yes) ?? false);
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
