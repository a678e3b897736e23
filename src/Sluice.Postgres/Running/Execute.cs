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
            await using var session = await ScriptSession.OpenAsync(settings, settings.Address, cancellation);
            var failure = await new ScriptRunner(session, Segmentation.Of(script)).RunAsync(cancellation);
            return failure is null
                ? true
                : throw new ProblemException(
                    new Problem("SL5004", $"The script{(file is null ? "" : " " + file)} failed.") { Statement = failure.Describe(null, file, settings.Address) },
                    failure.Cause);
        });
}
