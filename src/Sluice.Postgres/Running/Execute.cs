namespace Sluice.Postgres.Running;

/// <summary>`db execute`: runs a script as one message, as a migration is run, without any history.</summary>
public static class Execute
{
    /// <param name="file">The script's path for messages, null for standard input.</param>
    public static Task RunAsync(RunSettings settings, string script, string? file, CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}
