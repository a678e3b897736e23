using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Online;

namespace Sluice.Cli.Commands;

/// <summary>Says of a migration in online forms what no form does, and what is to be filled before the next one.</summary>
internal static class OnlineTalk
{
    public static void Say(Session session, OnlineMigration? online)
    {
        if (online is null)
        {
            return;
        }

        var terminal = session.Terminal;
        foreach (var closed in online.Offline)
        {
            terminal.Warn($"Not online: {closed}");
        }

        if (!online.Offline.IsEmpty)
        {
            terminal.Say($"  Where the database is in use, carry it out with `sluice migrate online start{CommandLine.Shared(session)}` instead of `sluice migrate deploy`.");
        }

        foreach (var column in online.Late)
        {
            terminal.Warn($"`{column.Table.Name}.{column.Column}` is empty in the rows that are there. On every database, after this migration:");
            terminal.Say($"    `{Backfill(column)}`");
            if (column.IsRequired)
            {
                terminal.Say($"  then `sluice migrate dev --online{CommandLine.Shared(session)}` makes the migration that requires it.");
            }
        }
    }

    public static void WriteJson(Utf8JsonWriter json, OnlineMigration? online)
    {
        if (online is not null)
        {
            json.WriteStrings("offline", online.Offline);
            json.WriteStrings("backfills", online.Late.Select(Backfill));
        }
    }

    private static string Backfill(LateColumn column)
    {
        var name = $"\"{column.Column.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        var table = column.Table.Schema == "public" ? column.Table.Name : $"{column.Table.Schema}.{column.Table.Name}";
        return $"sluice migrate backfill --table {CommandLine.Quote(table)} --set {CommandLine.Quote($"{name} = {column.Value ?? "…"}")} --where {CommandLine.Quote($"{name} IS NULL")}";
    }
}
