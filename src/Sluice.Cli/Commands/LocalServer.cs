using Sluice.Postgres.Local;

namespace Sluice.Cli.Commands;

/// <summary>The private server of a project, below its `.sluice` folder.</summary>
internal static class LocalServer
{
    /// <summary>SLUICE_STATE, else the nearest `.sluice` at or above the working directory, else a new one here.</summary>
    public static string StateFolder(Session session)
    {
        if (session.Project.Variables["SLUICE_STATE"] is { Length: > 0 } named)
        {
            return Path.GetFullPath(named);
        }

        for (var folder = new DirectoryInfo(session.Project.Folder); folder is not null; folder = folder.Parent)
        {
            var state = Path.Combine(folder.FullName, ".sluice");
            if (Directory.Exists(state))
            {
                return state;
            }
        }

        return Path.Combine(session.Project.Folder, ".sluice");
    }

    public static LocalCluster Cluster(string stateFolder) =>
        new(Path.Combine(stateFolder, "server"), PostgresBinaries.Require(stateFolder));
}
