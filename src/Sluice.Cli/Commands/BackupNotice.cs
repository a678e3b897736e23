using Sluice.Cli.Options;

namespace Sluice.Cli.Commands;

/// <summary>Says plainly that a run has no backup to go back to.</summary>
internal static class BackupNotice
{
    public static void Say(Session session)
    {
        if (session.Get(OperatingOptions.NoBackup))
        {
            session.Terminal.Note("No backup is taken, as asked.");
        }
        else
        {
            session.Terminal.Note("No backup is taken: this version makes none. Take your own where the data matters, with pg_dump.");
        }
    }
}
