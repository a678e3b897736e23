using Sluice.Auth.Accounts;
using Sluice.Auth.Importing;

namespace Sluice.Auth.Administration;

/// <summary>The import of the command line, over lines that a request brings.</summary>
internal sealed class ImportLines(Import import)
{
    /// <summary>Larger files are the command line's.</summary>
    public const long LargestBody = 64L << 20;

    private const int MostProblems = 100;

    public async Task<ImportAnswer> RunAsync(Stream lines, OnConflict onConflict, bool isDryRun, Actor actor, CancellationToken cancellation)
    {
        await using var problems = new FirstLines(MostProblems);
        var arguments = new ImportArguments(null, onConflict, isDryRun, null, true)
        {
            Source = "request",
            By = new("accounts_imported", "user") { UserId = actor.UserId, SessionId = actor.SessionId, Client = actor.Client },
        };
        var counts = await import.RunAsync(lines, arguments, null, problems, cancellation);
        return new ImportAnswer(counts.Lines, counts.Added, counts.Updated, counts.Unchanged, counts.Skipped, counts.Rejected, isDryRun, problems.Lines);
    }

    /// <summary>Keeps so many of the lines that are written, and no more.</summary>
    private sealed class FirstLines(int most) : StringWriter
    {
        public List<string> Lines { get; } = [];

        public override Task WriteLineAsync(string? value)
        {
            // How far it has come is for people who watch.
            if (value is not null && Lines.Count < most && !value.Contains(" lines: ", StringComparison.Ordinal))
            {
                Lines.Add(value);
            }

            return Task.CompletedTask;
        }
    }
}
