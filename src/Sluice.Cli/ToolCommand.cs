using System.CommandLine;

namespace Sluice.Cli;

/// <summary>A command as the help shows it: what it does, and examples that run.</summary>
internal sealed class ToolCommand : Command
{
    /// <summary>A command that only groups others.</summary>
    public ToolCommand(string name, string description)
        : base(name, description)
    {
    }

    public ToolCommand(string name, string description, Session session, Func<Session, Task<Answer>> run)
        : base(name, description) =>
        SetAction((_, _) => session.AnswerAsync(run));

    /// <summary>Longer text below the description.</summary>
    public string? Notes { get; init; }

    /// <summary>Takes --dry-run, --no-backup and --log-dir.</summary>
    public bool RunsMigrations { get; init; }

    /// <summary>Writes a log, or reads them: takes --log-dir.</summary>
    public bool KeepsLog { get; init; }

    /// <summary>Takes a backup first: heeds --no-backup.</summary>
    public bool BacksUp { get; init; }

    /// <summary>Takes --dry-run.</summary>
    public bool ShowsFirst { get; init; }

    /// <summary>Command lines with what they do, `sluice` left out.</summary>
    public (string Line, string Meaning)[] Examples { get; init; } = [];
}
