using System.Collections.Immutable;

namespace Sluice.Postgres.Connecting;

/// <summary>Something the world did that stops a command: what happened, and what gets out of it.</summary>
/// <param name="Code">Prisma's number where Prisma has the same case (`P1001`), else our own (`SL5xxx`).</param>
/// <param name="Message">One or more lines for a person. Never holds a password.</param>
public sealed record Problem(string Code, string Message)
{
    /// <summary>What to do, in order of preference; a command is written as it is typed.</summary>
    public ImmutableArray<string> Remedies { get; init; } = [];

    /// <summary>The statement that failed, when one did.</summary>
    public FailedStatement? Statement { get; init; }
}

/// <summary>A statement of a script that the server refused, with its place in the file.</summary>
/// <param name="Migration">The migration's name, null for other scripts.</param>
/// <param name="File">Path of the script, null when it has none.</param>
/// <param name="Ordinal">Which statement, counted from 1.</param>
/// <param name="Total">How many the script has.</param>
/// <param name="Line">Line in the file, from 1: where the server points, else where the statement begins.</param>
/// <param name="Column">Column in that line, from 1; null when the server gave no position.</param>
/// <param name="Excerpt">The statement's text, shortened.</param>
/// <param name="SourceLine">The whole line in the file.</param>
/// <param name="Error">What the server said.</param>
/// <param name="State">What the database looks like now: rolled back, or which statements stayed.</param>
public sealed record FailedStatement(
    string? Migration,
    string? File,
    int Ordinal,
    int Total,
    int Line,
    int? Column,
    string Excerpt,
    string SourceLine,
    ServerError Error,
    string State);

/// <summary>A PostgreSQL error, field by field.</summary>
public sealed record ServerError(string SqlState, string Severity, string Message, string? Detail, string? Hint, string? Where);

/// <summary>The one exception of this library; a command prints its problem and exits with 1.</summary>
public sealed class ProblemException : Exception
{
    public ProblemException(Problem problem, Exception? inner = null)
        : base($"{problem.Code}: {problem.Message}", inner) => Problem = problem;

    public Problem Problem { get; }
}
