using System.Text.Json;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;

namespace Sluice.Cli.Logging;

/// <summary>How the journal ended at the end of each run, by the runs' own logs: outside the database, and so beyond who edits it.</summary>
internal static class LoggedHeads
{
    public static IEnumerable<JournalHead> Read(string folder, DatabaseAddress address) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "migration_2*.log").Order(StringComparer.Ordinal).SelectMany(File.ReadLines).Select(line => HeadIn(line, address)).OfType<JournalHead>()
        : [];

    private static JournalHead? HeadIn(string line, DatabaseAddress address)
    {
        // Most lines are others; and a run that was killed may have left half of one.
        if (!line.Contains($"\"event\":\"{RunEventLine.Journalled}\"", StringComparison.Ordinal) || !line.EndsWith('}'))
        {
            return null;
        }

        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        return root.GetProperty("server").GetString() == address.Server && root.GetProperty("database").GetString() == address.Database
            ? new JournalHead(root.GetProperty("run").GetInt64(), root.GetProperty("hash").GetString()!, root.GetProperty("databaseId").GetInt64())
            : null;
    }
}
