using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>`db seed` with a program: a run of the journal, of which only the name and the end are known.</summary>
public static class ProgramRun
{
    private const int NotFound = 127;

    /// <param name="name">The program for messages and the journal, without secrets.</param>
    /// <param name="run">Runs it to its end; answers with its exit code.</param>
    /// <exception cref="ProblemException">SL5070: it ended with another code than 0; or the database does not answer, and it was not begun.</exception>
    public static Task RunAsync(RunSettings settings, string name, Func<CancellationToken, Task<int>> run, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var books = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return await RecordedRun.RunAsync(books, settings, RunAsync, cancellation);

            async Task<bool> RunAsync(RecordedRun recorded)
            {
                var code = await run(cancellation);
                try
                {
                    await recorded.NoteAsync(code == 0 ? $"executed {name}" : $"failed to execute {name}: exit code {code}");
                }
                catch (NpgsqlException lost)
                {
                    // What it did is done: a session that was idle for too long meanwhile is told of, and is no failure.
                    settings.Progress?.Report(new RunEvent.NotJournalled(Redaction.Clean(lost.Message, settings.Address)));
                }

                return code == 0 ? true : throw new ProblemException(new Problem("SL5070", $"`{name}` ended with exit code {code}.")
                {
                    Remedies =
                    [
                        code == NotFound ? "The shell did not find a program that it names: install it, or correct the command." : "What it said stands above. What it had committed by then stays.",
                        "Then run it again: `sluice db seed`",
                    ],
                });
            }
        });
}
