using System.CommandLine;
using Sluice.Cli.Commands;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Options;

/// <summary>What every command takes that replays migrations.</summary>
internal static class CacheOptions
{
    public static readonly Option<bool> NoCache = new("--no-cache")
    {
        Description = "Replay every migration, whatever is remembered (also: SLUICE_CACHE=off)",
    };

    /// <param name="develops">A command for development: on its server a scratch database may stay. Never where the environment says production.</param>
    public static RunSettings Apply(Session session, RunSettings settings, bool develops) =>
        session.Get(NoCache) || session.Project.Variables["SLUICE_CACHE"] is "off" or "0" or "false"
            ? settings
            : settings with
            {
                CacheFolder = Folder(session),
                KeepsShadows = develops && ResetConsent.ProductionVariable(session) is null,
            };

    public static string Folder(Session session) => Path.Combine(LocalServer.StateFolder(session), "cache");
}
