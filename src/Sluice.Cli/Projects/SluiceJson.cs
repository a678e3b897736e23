using System.Text.Json;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Projects;

/// <summary>What `sluice.json` in the project's folder says: what a team wants always, and would otherwise write on every command line.</summary>
/// <param name="KeepData">`migrate dev` writes migrations that keep what they drop in archive tables.</param>
internal sealed record SluiceJson(bool KeepData)
{
    /// <summary>Where the SQL files are that declare what the schema cannot say; null for the usual places, empty for none.</summary>
    public string? Sql { get; init; }

    /// <summary>The seed: a command, or the path of an SQL script; null for the usual places, empty for none.</summary>
    public string? Seed { get; init; }

    /// <summary>What blocks, what warns and what is off in `migrate lint`.</summary>
    public LintSettings Lint { get; init; } = LintSettings.Default;

    /// <summary>What `monitor` is to warn of.</summary>
    public Thresholds Thresholds { get; init; } = Thresholds.Default;

    private const string Name = "sluice.json";

    /// <exception cref="StopException">It is no JSON, or says something that nobody knows: a slip would go unnoticed for long.</exception>
    public static SluiceJson Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        var settings = new SluiceJson(false);
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
                    ("sql", JsonValueKind.String) => settings with { Sql = property.Value.GetString() },
                    ("sql", _) => throw Wrong(path, $"`sql` is {property.Value.GetRawText()}", "Write the path of a file or folder; \"\" for none."),
                    ("seed", JsonValueKind.String) => settings with { Seed = property.Value.GetString() },
                    ("seed", _) => throw Wrong(path, $"`seed` is {property.Value.GetRawText()}", "Write a command, or the path of an SQL script; \"\" for none."),
                    ("lint", _) => settings with { Lint = LintSettings.Read(property.Value, (what, remedy) => Wrong(path, what, remedy)) },
                    ("monitor", JsonValueKind.Object) => settings with { Thresholds = ReadMonitor(path, property.Value) },
                    ("monitor", _) => throw Wrong(path, $"`monitor` is {property.Value.GetRawText()}", "Write an object: {\"thresholds\": {\"sessions\": [1000, 5000]}}"),
                    _ => throw Wrong(path, $"it sets `{property.Name}`, which is no setting", "Known are: keepData, lint, monitor, seed, sql"),
                };
            }

            return settings;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw Wrong(path, broken.Message, "Write one JSON object: {\"keepData\": true}");
        }
    }

    private static Thresholds ReadMonitor(string path, JsonElement monitor)
    {
        var thresholds = Thresholds.Default;
        foreach (var property in monitor.EnumerateObject())
        {
            if (property.Name != "thresholds" || property.Value.ValueKind is not JsonValueKind.Object)
            {
                throw Wrong(path, $"`monitor.{property.Name}` is no setting", "Write {\"monitor\": {\"thresholds\": {\"sessions\": [1000, 5000]}}}");
            }

            foreach (var limit in property.Value.EnumerateObject())
            {
                if (!Thresholds.Names.Contains(limit.Name))
                {
                    throw Wrong(path, $"it sets `monitor.thresholds.{limit.Name}`, of which there is none", $"Known are: {string.Join(", ", Thresholds.Names)}");
                }

                thresholds = thresholds.With(limit.Name, ReadLimit(path, limit));
            }
        }

        return thresholds;
    }

    private static (double Warning, double Critical)? ReadLimit(string path, JsonProperty limit)
    {
        if (limit.Value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        double[] numbers = limit.Value.ValueKind is JsonValueKind.Array && limit.Value.EnumerateArray().All(n => n.ValueKind is JsonValueKind.Number)
            ? [.. limit.Value.EnumerateArray().Select(n => n.GetDouble())]
            : [];
        return numbers is [var warning, var critical] && warning >= 0 && warning <= critical
            ? (warning, critical)
            : throw Wrong(path, $"`monitor.thresholds.{limit.Name}` is {limit.Value.GetRawText()}", "Write from where on it is a warning, and from where on critical: [1000, 5000]; null for neither.");
    }

    private static StopException Wrong(string path, string what, string remedy) => new($"{Paths.Show(path)} cannot be used: {what}.", null, remedy);
}
