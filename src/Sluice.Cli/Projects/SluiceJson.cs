using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Postgres.Maintaining;

namespace Sluice.Cli.Projects;

/// <summary>What `sluice.json` in the project's folder says: what a team wants always, and would otherwise write on every command line.</summary>
/// <param name="KeepData">`migrate dev` writes migrations that keep what they drop in archive tables.</param>
/// <param name="Online">`migrate dev` writes migrations that keep nobody waiting.</param>
internal sealed record SluiceJson(bool KeepData, bool Online)
{
    /// <summary>Where the SQL files are that declare what the schema cannot say; null for the usual places, empty for none.</summary>
    public string? Sql { get; init; }

    /// <summary>The seed: a command, or the path of an SQL script; null for the usual places, empty for none.</summary>
    public string? Seed { get; init; }

    /// <summary>What blocks, what warns and what is off in `migrate lint`.</summary>
    public LintSettings Lint { get; init; } = LintSettings.Default;

    /// <summary>What `maintain` keeps in order.</summary>
    public MaintenancePolicy Maintain { get; init; } = new();

    /// <summary>What `monitor` is to warn of, and whom it tells.</summary>
    public MonitorSettings Monitor { get; init; } = MonitorSettings.Default;

    /// <summary>The key that backups are encrypted with; null for none.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The program that takes backups elsewhere, with its arguments; empty for none.</summary>
    public ImmutableArray<string> Upload { get; init; } = [];

    /// <summary>The databases and schemas that `--all` is for; null where none are named.</summary>
    public TargetSettings? Targets { get; init; }

    private const string Name = "sluice.json";

    /// <exception cref="StopException">It is no JSON, or says something that nobody knows: a slip would go unnoticed for long.</exception>
    public static SluiceJson Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        var settings = new SluiceJson(false, false);
        if (!File.Exists(path))
        {
            return settings;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (var property in json.RootElement.EnumerateObject())
            {
                settings = (property.Name, property.Value.ValueKind) switch
                {
                    ("keepData", JsonValueKind.True or JsonValueKind.False) => settings with { KeepData = property.Value.GetBoolean() },
                    ("keepData", _) => throw Wrong(path, $"`keepData` is {property.Value.GetRawText()}", "Write true or false."),
                    ("online", JsonValueKind.True or JsonValueKind.False) => settings with { Online = property.Value.GetBoolean() },
                    ("online", _) => throw Wrong(path, $"`online` is {property.Value.GetRawText()}", "Write true or false."),
                    ("sql", JsonValueKind.String) => settings with { Sql = property.Value.GetString() },
                    ("sql", _) => throw Wrong(path, $"`sql` is {property.Value.GetRawText()}", "Write the path of a file or folder; \"\" for none."),
                    ("seed", JsonValueKind.String) => settings with { Seed = property.Value.GetString() },
                    ("seed", _) => throw Wrong(path, $"`seed` is {property.Value.GetRawText()}", "Write a command, or the path of an SQL script; \"\" for none."),
                    ("lint", _) => settings with { Lint = LintSettings.Read(property.Value, (what, remedy) => Wrong(path, what, remedy)) },
                    ("backup", JsonValueKind.Object) => ReadBackup(path, property.Value, settings),
                    ("backup", _) => throw Wrong(path, $"`backup` is {property.Value.GetRawText()}", "Write an object: {\"backup\": {\"keyFile\": \"backup.key\"}}"),
                    ("maintain", JsonValueKind.Object) => settings with { Maintain = MaintainSettings.Read(property.Value, (what, remedy) => Wrong(path, what, remedy)) },
                    ("maintain", _) => throw Wrong(path, $"`maintain` is {property.Value.GetRawText()}", "Write an object: {\"maxTime\": \"1h\"}"),
                    ("monitor", JsonValueKind.Object) => settings with { Monitor = MonitorSettings.Read(property.Value, (what, remedy) => Wrong(path, what, remedy)) },
                    ("monitor", _) => throw Wrong(path, $"`monitor` is {property.Value.GetRawText()}", "Write an object: {\"thresholds\": {\"sessions\": [1000, 5000]}}"),
                    ("targets", _) => settings with { Targets = TargetSettings.Read(property.Value, (what, remedy) => Wrong(path, what, remedy)) },
                    _ => throw Wrong(path, $"it sets `{property.Name}`, which is no setting", "Known are: backup, keepData, lint, maintain, monitor, online, seed, sql, targets"),
                };
            }

            return settings;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw Wrong(path, broken.Message, "Write one JSON object: {\"keepData\": true}");
        }
    }

    private static SluiceJson ReadBackup(string path, JsonElement backup, SluiceJson settings)
    {
        foreach (var property in backup.EnumerateObject())
        {
            settings = (property.Name, property.Value.ValueKind) switch
            {
                ("keyFile", JsonValueKind.String) => settings with { KeyFile = property.Value.GetString() },
                ("upload", JsonValueKind.Array) when property.Value.GetArrayLength() > 0 && property.Value.EnumerateArray().All(w => w.ValueKind is JsonValueKind.String) =>
                    settings with { Upload = [.. property.Value.EnumerateArray().Select(w => w.GetString()!)] },
                ("keyFile" or "upload", _) => throw Wrong(path, $"`backup.{property.Name}` is {property.Value.GetRawText()}", "Write {\"backup\": {\"keyFile\": \"backup.key\", \"upload\": [\"PROGRAM\", \"ARGUMENT\"]}}"),
                _ => throw Wrong(path, $"it sets `backup.{property.Name}`, which is no setting", "Known are: keyFile, upload"),
            };
        }

        return settings;
    }

    private static StopException Wrong(string path, string what, string remedy) => new($"{Paths.Show(path)} cannot be used: {what}.", null, remedy);
}
