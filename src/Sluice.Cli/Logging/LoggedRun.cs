using Sluice.Cli.Commands;
using Sluice.Cli.Options;
using Sluice.Cli.Projects;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Logging;

/// <summary>Opens the log of a run that changes a database.</summary>
internal static class LoggedRun
{
    /// <summary>The settings of the run, its events logged as well as said. A run has one log, however often it is begun.</summary>
    public static RunSettings Begin(Session session, RunSettings settings)
    {
        if (session.Log is not null)
        {
            return settings with { Progress = session.Log };
        }

        var folder = LogFolder.Of(session);
        try
        {
            session.Log = RunLog.Open(folder, session.CorrelationId, settings.Address, settings.Progress ?? new RunTalk(session), session.Terminal.Warn, settings.Clock);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException && session.Get(OperatingOptions.LogDir) is null)
        {
            // A container's file system may be read-only; nobody asked for the file, so the run goes on without.
            session.Terminal.Warn($"No log is written: {refused.Message} Name another folder with `--log-dir DIR`.");
            return settings;
        }

        session.Log.Started(settings.Identity.Command, settings.MigrationsPath);
        session.Log.Connecting();
        if (session.Verbose)
        {
            session.Terminal.Note($"Log: {Paths.Show(session.Log.Path)}");
        }

        return settings with { Progress = session.Log };
    }
}
