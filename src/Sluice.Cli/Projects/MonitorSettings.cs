using System.Text.Json;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Projects;

/// <summary>`monitor` of `sluice.json`.</summary>
/// <param name="Webhook">Whom it tells of breaches, or `env(NAME)`; null for nobody.</param>
internal sealed record MonitorSettings(Thresholds Thresholds, string? Webhook)
{
    public static MonitorSettings Default { get; } = new(Thresholds.Default, null);

    public static MonitorSettings Read(JsonElement monitor, Func<string, string, StopException> wrong)
    {
        var settings = Default;
        foreach (var property in monitor.EnumerateObject())
        {
            settings = (property.Name, property.Value.ValueKind) switch
            {
                ("thresholds", JsonValueKind.Object) => settings with { Thresholds = ReadThresholds(property.Value, wrong) },
                ("webhook", JsonValueKind.String) => settings with { Webhook = property.Value.GetString() },
                // What stands there may be a secret.
                ("webhook", _) => throw wrong("`monitor.webhook` is no text", "Write an address, or \"env(NAME)\" for the variable that holds it."),
                _ => throw wrong($"`monitor.{property.Name}` is no setting", "Write {\"monitor\": {\"thresholds\": {\"sessions\": [1000, 5000]}, \"webhook\": \"env(WEBHOOK_URL)\"}}"),
            };
        }

        return settings;
    }

    private static Thresholds ReadThresholds(JsonElement limits, Func<string, string, StopException> wrong)
    {
        var thresholds = Thresholds.Default;
        foreach (var limit in limits.EnumerateObject())
        {
            if (!Thresholds.Names.Contains(limit.Name))
            {
                throw wrong($"it sets `monitor.thresholds.{limit.Name}`, of which there is none", $"Known are: {string.Join(", ", Thresholds.Names)}");
            }

            thresholds = thresholds.With(limit.Name, ReadLimit(limit, wrong));
        }

        return thresholds;
    }

    private static Limit? ReadLimit(JsonProperty limit, Func<string, string, StopException> wrong)
    {
        if (limit.Value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        double[] numbers = limit.Value.ValueKind is JsonValueKind.Array && limit.Value.EnumerateArray().All(n => n.ValueKind is JsonValueKind.Number)
            ? [.. limit.Value.EnumerateArray().Select(n => n.GetDouble())]
            : [];
        return numbers is [var warning, var critical] && warning >= 0 && warning <= critical
            ? new Limit(warning, critical)
            : throw wrong($"`monitor.thresholds.{limit.Name}` is {limit.Value.GetRawText()}", "Write from where on it is a warning, and from where on critical: [1000, 5000]; null for neither.");
    }
}
