using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Cli.Output;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;

namespace Sluice.Cli;

/// <summary>An exception as a person should see it.</summary>
internal sealed partial record Failure(string Message, string? Code, Outcome Outcome, IReadOnlyList<string> Hints)
{
    private const string PushFailed = "SL5006";

    /// <summary>The trace, for `--verbose`.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>The statement that the server refused.</summary>
    public FailedStatement? Statement { get; init; }

    /// <summary>What was found before it, for machines.</summary>
    public Action<Utf8JsonWriter>? Fields { get; init; }

    public int ExitCode { get; init; } = 1;

    /// <summary>A mistake of this tool: its trace helps whoever mends it.</summary>
    public bool IsUnexpected { get; init; }

    /// <param name="options">Options that the suggested commands must repeat to mean the same project.</param>
    public static Failure Of(Exception problem, string options, bool verbose)
    {
        var failure = Translate(problem);
        var here = Directory.GetCurrentDirectory() + Path.DirectorySeparatorChar;
        return failure with
        {
            Message = Redaction.Clean(failure.Message),
            Hints = [.. failure.Hints.Select(h => Suggested().Replace(h.Replace(here, "", StringComparison.Ordinal), "$0" + options.Replace("$", "$$", StringComparison.Ordinal)))],
            Details = verbose && failure.IsUnexpected ? Redaction.Clean(problem.ToString()).Split('\n') : [],
        };
    }

    public void Print(Terminal terminal)
    {
        if (Message.Length > 0)
        {
            terminal.Error(Message, Code);
        }

        foreach (var line in Statement is null ? [] : FailedStatementText.Lines(Statement, terminal.ErrorInk, Code == PushFailed ? "the planned SQL" : "standard input"))
        {
            terminal.Say(Redaction.Clean(line));
        }

        foreach (var line in Details)
        {
            terminal.Note(line);
        }

        if (Hints.Count > 0)
        {
            terminal.Say();
            terminal.Say(terminal.ErrorInk.Bold("What to do"));
        }

        foreach (var hint in Hints)
        {
            terminal.Say(hint.StartsWith(' ') ? $"  {hint}" : $"  • {hint}");
        }
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        Fields?.Invoke(json);
        json.WriteStartObject("error");
        json.WriteString("code", Code);
        json.WriteString("message", Message);
        json.WriteStrings("remedies", Hints);
        if (Statement is { } failed)
        {
            json.WriteStartObject("statement");
            json.WriteString("migration", failed.Migration);
            json.WriteString("file", failed.File);
            json.WriteNumber("ordinal", failed.Ordinal);
            json.WriteNumber("total", failed.Total);
            json.WriteNumber("line", failed.Line);
            json.WriteString("sqlState", failed.Error.SqlState);
            json.WriteString("serverMessage", Redaction.Clean(failed.Error.Message));
            json.WriteString("state", failed.State);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static Failure Translate(Exception problem) => problem switch
    {
        StopException stop => new(stop.Message, stop.Code, stop.Outcome, stop.Hints) { Fields = stop.Fields },
        ProblemException { Problem: var found } => new(found.Message, found.Code, Outcome.Failed, found.Remedies)
        {
            Statement = found.Statement,
        },
        LocalClusterException local => new(local.Message, null, Outcome.Failed, []),
        OperationDeclinedException declined => new(declined.Message, null, Outcome.Failed, []) { ExitCode = Session.Cancelled },
        InvalidSchemaException invalid => new(invalid.Message, "P1012", Outcome.Failed, []),
        IOException or UnauthorizedAccessException => new(problem.Message, null, Outcome.Failed, []),
        _ => new(
            $"This should not have happened: {problem.Message}",
            null,
            Outcome.Failed,
            ["Please report it together with the output of the same command with `--verbose`."])
        {
            IsUnexpected = true,
        },
    };

    [GeneratedRegex(@"sluice (?:(?:migrate (?!diff)|db (?!start|stop))[a-z]+|up|down|status)\b(?![^`]*--(?:schema|migrations|url))", RegexOptions.CultureInvariant)]
    private static partial Regex Suggested();
}
