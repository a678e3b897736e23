using Sluice.Cli.Output;

namespace Sluice.Cli;

/// <summary>An exception as a person should see it.</summary>
internal sealed record Failure(string Message, string? Code, Outcome Outcome, IReadOnlyList<string> Hints)
{
    /// <summary>More lines below the message, printed as they are.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    public static Failure Of(Exception problem, bool verbose)
    {
        var failure = Translate(problem);
        return failure with
        {
            Message = Redaction.Apply(failure.Message),
            Details = [.. failure.Details.Select(Redaction.Apply), .. verbose ? Redaction.Apply(problem.ToString()).Split('\n') : []],
        };
    }

    public void Print(Terminal terminal)
    {
        if (Message.Length > 0)
        {
            terminal.Error(Message, Code);
        }

        foreach (var line in Details)
        {
            terminal.Say(line);
        }

        if (Hints.Count > 0)
        {
            terminal.Say();
        }

        foreach (var hint in Hints)
        {
            terminal.Say(hint);
        }
    }

    private static Failure Translate(Exception problem) => problem switch
    {
        StopException stop => new(stop.Message, stop.Code, stop.Outcome, stop.Hints),
        InvalidSchemaException invalid => new(invalid.Message, "P1012", Outcome.Failed, []),
        IOException or UnauthorizedAccessException => new(problem.Message, null, Outcome.Failed, []),
        _ => new(
            $"This should not have happened: {problem.Message}",
            null,
            Outcome.Failed,
            ["Please report it together with the output of the same command with `--verbose`."]),
    };
}
