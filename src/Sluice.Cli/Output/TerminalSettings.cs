using System.CommandLine;
using Sluice.Cli.Options;

namespace Sluice.Cli.Output;

/// <param name="CanAsk">A person sits at both ends: questions may be asked.</param>
internal sealed record TerminalSettings(bool Json, bool ColorOut, bool ColorError, bool CanAsk, bool AnswerYes)
{
    public static TerminalSettings Detect(ParseResult? parse)
    {
        var json = parse?.GetValue(SharedOptions.Json) ?? false;
        var plain = json
            || (parse?.GetValue(SharedOptions.NoColor) ?? false)
            || IsSet("NO_COLOR")
            || Environment.GetEnvironmentVariable("TERM") is "dumb";
        return new(
            json,
            !plain && !Console.IsOutputRedirected,
            !plain && !Console.IsErrorRedirected,
            !json && !Console.IsInputRedirected && !Console.IsErrorRedirected && !IsSet("CI"),
            parse?.GetValue(SharedOptions.Yes) ?? false);
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
