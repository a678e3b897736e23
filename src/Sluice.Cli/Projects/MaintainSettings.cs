using System.Globalization;
using System.Text.Json;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Maintaining;

namespace Sluice.Cli.Projects;

/// <summary>`maintain` of `sluice.json`.</summary>
internal static class MaintainSettings
{
    private const string Whole =
        """{"reindex": {"bloat": 50, "minSize": "10MB"}, "partitions": [{"table": "events", "ahead": 3, "keep": 13}], "cleanUp": {"functions": ["remove_expired"], "timeLimit": "5m"}, "backups": {"keep": 10, "maxAge": "30d"}, "logs": {"maxAge": "90d"}, "maxTime": "1h"}""";

    public static MaintenancePolicy Read(JsonElement maintain, Func<string, string, StopException> wrong)
    {
        var policy = new MaintenancePolicy();
        foreach (var property in maintain.EnumerateObject())
        {
            policy = (property.Name, property.Value.ValueKind) switch
            {
                ("reindex", JsonValueKind.False) => policy with { Reindex = null },
                ("reindex", JsonValueKind.Object) => policy with { Reindex = Each(property.Value, "reindex", policy.Reindex!, (reindex, p) => p.Name switch
                {
                    "bloat" when Number(p.Value) is > 0 and < 100 and var percent => reindex with { Bloat = percent / 100.0 },
                    "minSize" when Size(p.Value) is { } bytes => reindex with { MinBytes = bytes },
                    _ => null,
                }) },
                ("partitions", JsonValueKind.Array) => policy with { Partitions = [.. property.Value.EnumerateArray().Select(Partition)] },
                ("cleanUp", JsonValueKind.Object) => Each(property.Value, "cleanUp", policy, (p, value) => value.Name switch
                {
                    "functions" when value.Value.ValueKind is JsonValueKind.Array && value.Value.EnumerateArray().All(f => f.ValueKind is JsonValueKind.String) =>
                        p with { CleanUp = [.. value.Value.EnumerateArray().Select(f => f.GetString()!)] },
                    "timeLimit" when Time(value.Value) is { } limit => p with { CleanUpLimit = limit },
                    _ => null,
                }),
                ("backups", JsonValueKind.Object) => policy with { Backups = Each(property.Value, "backups", RetentionPolicy.KeepAll, (retention, p) => p.Name switch
                {
                    "keep" when Number(p.Value) is { } keep and > 0 => retention with { Keep = keep },
                    "maxAge" when Time(p.Value) is { } age => retention with { MaxAge = age },
                    "daily" when Number(p.Value) is { } days and > 0 => retention with { Daily = days },
                    "weekly" when Number(p.Value) is { } weeks and > 0 => retention with { Weekly = weeks },
                    "monthly" when Number(p.Value) is { } months and > 0 => retention with { Monthly = months },
                    _ => null,
                }) },
                ("logs", JsonValueKind.Object) => Each(property.Value, "logs", policy, (p, value) => value.Name == "maxAge" && Time(value.Value) is { } age ? p with { LogAge = age } : null),
                ("maxTime", JsonValueKind.String) when Time(property.Value) is { } time => policy with { MaxTime = time },
                _ => throw Wrong(property.Name, property.Value),
            };
        }

        return policy;

        PartitionPolicy Partition(JsonElement partition) => partition.ValueKind is JsonValueKind.Object
            && Each(partition, "partitions", new PartitionPolicy("", 3, null), (table, p) => p.Name switch
            {
                "table" when p.Value is { ValueKind: JsonValueKind.String } name => table with { Table = name.GetString()! },
                "ahead" when Number(p.Value) is { } ahead and >= 0 and <= 120 => table with { Ahead = ahead },
                "keep" when Number(p.Value) is { } keep and >= 0 and <= 1200 => table with { Keep = keep },
                _ => null,
            }) is { Table.Length: > 0 } found ? found : throw Wrong("partitions", partition);

        T Each<T>(JsonElement value, string name, T settings, Func<T, JsonProperty, T?> next)
            where T : class =>
            value.EnumerateObject().Aggregate(settings, (now, property) => next(now, property) ?? throw Wrong($"{name}.{property.Name}", property.Value));

        StopException Wrong(string name, JsonElement value) => wrong($"`maintain.{name}` is {value.GetRawText()}", $"Known is {Whole}");
    }

    private static int? Number(JsonElement value) => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static TimeSpan? Time(JsonElement value) => value.ValueKind is JsonValueKind.String ? TimeText.Read(value.GetString()!) : null;

    // `10MB`, as PostgreSQL's settings have it.
    private static long? Size(JsonElement value) =>
        value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 2 } text && long.TryParse(text[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1 << 20
            ? text[^2..] switch { "kB" => number << 10, "MB" => number << 20, "GB" => number << 30, _ => null }
            : null;
}
