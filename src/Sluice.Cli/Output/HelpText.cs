using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Sluice.Cli.Options;

namespace Sluice.Cli.Output;

/// <summary>`--help`: what a command does, how it is called, and examples to copy.</summary>
internal sealed class HelpText(Session session) : SynchronousCommandLineAction
{
    private const int Indent = 2;

    private static readonly (string, string)[] Always = [("-h, --help", "Show this"), ("--version", "Show the version")];

    public override bool ClearsParseErrors => true;

    public static string FullName(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{FullName(parent)} {command.Name}" : "sluice";

    public static IEnumerable<Option> OptionsOf(Command command) =>
        command switch
        {
            RootCommand => command.Options,
            _ => [.. command.Options, .. OperatingOptions.Of(command), .. SharedOptions.All],
        };

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command);
        return 0;
    }

    private void Write(Command command)
    {
        var terminal = session.Terminal;
        var ink = terminal.Ink;
        var text = new List<string> { ink.Code(command.Description ?? ""), "" };
        Section("Usage", [$"{FullName(command)}{Usage(command)}"]);
        if (command.Subcommands.Count > 0)
        {
            Section("Commands", Columns(ink, [.. Leaves(command).Select(c => (FullName(c)[(FullName(command).Length + 1)..], c.Description ?? ""))]));
        }

        if (command.Arguments.Count > 0)
        {
            Section("Arguments", Columns(ink, [.. command.Arguments.Where(a => !a.Hidden).Select(a => ($"<{a.HelpName ?? a.Name}>", a.Description ?? ""))]));
        }

        var own = command.Options.Where(o => !o.Hidden && o is not (HelpOption or VersionOption) && !SharedOptions.All.Contains(o) && !OperatingOptions.All.Contains(o)).ToList();
        own.AddRange(OperatingOptions.Of(command));
        if (own.Count > 0)
        {
            Section("Options", Columns(ink, [.. own.Select(o => (Label(o), o.Description ?? ""))]));
        }

        Section("Options of every command", Columns(ink, [.. SharedOptions.All.Select(o => (Label(o), o.Description ?? "")), .. Always]));
        if (command is ToolCommand tool)
        {
            if (tool.Notes is { } notes)
            {
                text.AddRange(notes.Split('\n').Select(ink.Code));
                text.Add("");
            }

            if (tool.Examples.Length > 0)
            {
                Section("Examples", [.. tool.Examples.SelectMany(e => new[] { ink.Faint($"# {e.Meaning}"), $"sluice {e.Line}" })]);
            }
        }

        if (command is RootCommand)
        {
            text.AddRange([ink.Code("`sluice COMMAND --help` shows a command's options and examples. Options may stand before the command."), "Exit codes: 0 done, 1 failed or needs attention, 2 differences (diff --exit-code), 130 cancelled.", ""]);
        }

        if (session.Json)
        {
            session.Write(Answer.With(Outcome.Ok, json => json.WriteString("help", string.Join('\n', text))));
        }
        else
        {
            terminal.Raw(string.Join('\n', text));
        }

        void Section(string title, IEnumerable<string> lines)
        {
            text.Add(ink.Bold(title));
            text.AddRange(lines.Select(l => new string(' ', Indent) + l));
            text.Add("");
        }
    }

    private static IEnumerable<Command> Leaves(Command command) =>
        command.Subcommands.Where(c => !c.Hidden).SelectMany(c => c.Action is null ? Leaves(c) : [c, .. Leaves(c)]);

    private static string Usage(Command command) =>
        (command.Subcommands.Count == 0 ? "" : command.Action is null ? " <command>" : " [command]")
        + string.Concat(command.Arguments.Where(a => !a.Hidden).Select(a => a.Arity.MinimumNumberOfValues == 0
            ? $" [{a.HelpName ?? a.Name}{(a.Arity.MaximumNumberOfValues > 1 ? "…" : "")}]"
            : $" <{a.HelpName ?? a.Name}>"))
        + " [options]";

    private static string Label(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(n => n.Length));
        return option.ValueType == typeof(bool) ? names : option.Arity.MinimumNumberOfValues == 0 ? $"{names} [{option.HelpName}]" : $"{names} <{option.HelpName ?? "VALUE"}>";
    }

    private static IEnumerable<string> Columns(Ink ink, (string Left, string Right)[] rows)
    {
        var width = rows.Max(r => r.Left.Length) + 3;
        return rows.Select(r => ink.Cyan(r.Left) + new string(' ', width - r.Left.Length) + ink.Code(r.Right));
    }
}
