using Sluice.Postgres.Connecting;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Running;

/// <summary>`db execute`: runs a script as one message, as a migration is run, without any history.</summary>
public static class Execute
{
    /// <param name="file">The script's path for messages, null for standard input.</param>
    /// <exception cref="ProblemException">SL5004: the server refused a statement.</exception>
    public static Task RunAsync(RunSettings settings, string script, string? file, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var cut = Segmentation.Of(script);
            await using var books = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return await RecordedRun.RunAsync(books, settings, ExecuteAsync, cancellation);

            async Task<bool> ExecuteAsync(RecordedRun run)
            {
                await using var session = await ScriptSession.OpenAsync(settings, settings.Address, cancellation);
                var failure = await new ScriptRunner(session, cut).RunAsync(cancellation);
                await run.NoteAsync($"{(failure is null ? "executed" : "failed to execute")} {file ?? "standard input"}", script, cut.Statements.Length);
                return failure is null
                    ? true
                    : throw new ProblemException(
                        failure.On(new Problem("SL5004", $"The script{(file is null ? "" : " " + file)} failed."), failure.Describe(null, file, settings.Address)),
                        failure.Cause);
            }
        });
}
