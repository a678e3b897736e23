using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Online;

namespace Sluice.Cli.Output;

/// <summary>An online change for people and machines.</summary>
internal static class OnlineText
{
    public static IEnumerable<string> Ending(OnlineRow row, Ink ink) => row.State switch
    {
        OnlineState.Switched => [ink.Green($"`{row.Migration}`: both versions are served."), .. Connections(row), .. Next(row)],
        OnlineState.Done => [ink.Green($"`{row.Migration}` is applied; only the version after is served now.") + " `Search Path` may stay in its connection strings or go."],
        OnlineState.RolledBack => [ink.Green($"`{row.Migration}` is taken back; it is pending again.")],
        _ => [$"`{row.Migration}`: {row.State}"],
    };

    public static IEnumerable<string> Status(OnlineRow row, ImmutableArray<BackfillRow> backfills, Ink ink) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{row.Migration}  {ink.Code(row.State)}{(row.IsOpen ? $", {row.Position} of {row.Steps.Length} steps done" : "")}, last at {row.Written:u}"),
        .. row.IsOpen && row.Position < row.Steps.Length ? [$"  next: {row.Steps[row.Position].State}, {row.Steps[row.Position].Title}"] : Array.Empty<string>(),
        .. row.IsOpen ? backfills.Where(b => b.State == BackfillRow.Running && b.Name.StartsWith($"online {row.Id}:", StringComparison.Ordinal)).Select(b => $"  rows: {BackfillText.HowFar(b.Passed, b.Total)}, {BackfillText.Number(b.Changed)} written") : [],
        .. row.IsOpen ? Connections(row).Concat(Next(row)).Select(l => "  " + l) : [],
    ];

    public static void Write(Utf8JsonWriter json, OnlineRow row)
    {
        json.WriteString("migration", row.Migration);
        json.WriteString("state", row.State);
        json.WriteNumber("done", row.Position);
        json.WriteNumber("steps", row.Steps.Length);
        json.WriteString("searchPathBefore", Path(row.BaseSchema));
        json.WriteString("searchPathAfter", $"{Path(row.VersionSchema)},{Path(row.BaseSchema)}");
        json.WriteString("started", row.Started);
        json.WriteString("written", row.Written);
        json.WriteStrings("options", row.Options);
    }

    // Npgsql's key; the value is sent as the server's search_path.
    private static IEnumerable<string> Connections(OnlineRow row) => row.Serves
        ?
        [
            $"version before, as it connects now:   Search Path={Path(row.BaseSchema)}",
            $"version after, in Npgsql's connection string:   Search Path={Path(row.VersionSchema)},{Path(row.BaseSchema)}",
        ]
        : [];

    private static string[] Next(OnlineRow row) => row.State switch
    {
        OnlineState.Switched =>
        [
            "Roll out the version after. When no client of the version before is left: sluice migrate online complete",
            "To take it back, when no client of the version after is left: sluice migrate online rollback",
        ],
        OnlineState.Contract => ["Go on: sluice migrate online complete"],
        OnlineState.Rollback => ["Go on: sluice migrate online rollback"],
        _ => ["Go on: sluice migrate online start", "Or take it back: sluice migrate online rollback"],
    };

    private static string Path(string schema) => schema.All(c => char.IsAsciiLetterLower(c) || c == '_' || char.IsAsciiDigit(c)) && !char.IsAsciiDigit(schema[0]) ? schema : $"\"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
