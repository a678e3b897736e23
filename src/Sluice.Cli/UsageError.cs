using System.CommandLine;
using System.CommandLine.Parsing;
using Sluice.Cli.Options;
using Sluice.Cli.Output;

namespace Sluice.Cli;

/// <summary>The command line could not be understood.</summary>
internal static class UsageError
{
    public static bool Exists(ParseResult parse) => parse.Errors.Count > 0 || Unknown(parse) is not null || WithoutValue(parse) is not null;

    public static int Report(ParseResult parse, Terminal terminal, Action<Answer> write)
    {
        var command = HelpText.FullName(parse.CommandResult.Command);
        var unknown = WithoutValue(parse) is null ? Unknown(parse) : null;
        var message = WithoutValue(parse) is { } option ? $"`{option.Name}` needs a value"
            : unknown is null ? parse.Errors[0].Message.TrimEnd('.')
            : parse.CommandResult.Command.Subcommands.Count > 0
                ? $"There is no command `{command} {unknown}`"
                : $"`{command}` does not know `{unknown}`";
        if (parse.UnmatchedTokens.Count == 0 && parse.CommandResult.Command is { Action: null, Subcommands.Count: > 0 })
        {
            message = $"`{command}` needs one of: {string.Join(", ", parse.CommandResult.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}";
        }

        terminal.Error(message + ".");
        if (unknown is not null && Nearest(unknown, parse.CommandResult.Command) is { } suggestion)
        {
            terminal.Say($"Did you mean `{suggestion}`?");
        }

        terminal.Say($"See `{command} --help`.");
        if (terminal.Json)
        {
            write(Answer.With(Outcome.Failed, json =>
            {
                json.WriteStartObject("error");
                json.WriteString("code", "USAGE");
                json.WriteString("message", message);
                json.WriteEndObject();
            }));
        }

        return 1;
    }

    // A mistyped option is no file name, unless `--` says that it is one.
    private static string? Unknown(ParseResult parse) =>
        parse.UnmatchedTokens is [var first, ..]
            ? first
            : parse.Tokens.TakeWhile(t => t.Type is not TokenType.DoubleDash)
                .Where(t => t.Value is ['-', _, ..] && t.Type is TokenType.Argument)
                .Select(t => t.Value)
                .FirstOrDefault(t => parse.CommandResult.Children.OfType<ArgumentResult>().Any(a => a.Tokens.Any(own => own.Value == t)))
                // Ignored, `migrate reset --dry-run` would do what nobody asked for.
                ?? OperatingOptions.Misplaced(parse)?.Name;

    // `--name --create-only`: what begins like an option, or is one, was not meant as the value of the one before.
    private static Option? WithoutValue(ParseResult parse) =>
        parse.CommandResult.Children.Concat(parse.RootCommandResult.Children).OfType<OptionResult>()
            .FirstOrDefault(o => o.Tokens.Any(t =>
                t.Value.StartsWith("--", StringComparison.Ordinal) || HelpText.OptionsOf(parse.CommandResult.Command).Any(known => known.Aliases.Contains(t.Value))))
            ?.Option;

    private static string? Nearest(string typed, Command command)
    {
        IEnumerable<string> names = typed.StartsWith('-')
            ? HelpText.OptionsOf(command).SelectMany(o => o.Aliases.Append(o.Name)).Where(n => n.StartsWith("--", StringComparison.Ordinal))
            : command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        return names
            .Select(name => (name, distance: Distance(typed, name)))
            .Where(n => n.distance <= Math.Max(2, n.name.Length / 3))
            .OrderBy(n => n.distance)
            .ThenBy(n => n.name, StringComparer.Ordinal)
            .Select(n => n.name)
            .FirstOrDefault();
    }

    // Levenshtein over one row.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
