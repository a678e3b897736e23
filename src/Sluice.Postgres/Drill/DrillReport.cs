using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Drill;

/// <summary>What a drill found. Its bytes are signed, so nothing in it depends on where or when they are read.</summary>
public sealed record DrillReport
{
    private const int CurrentVersion = 1;

    // A report is read by people too, and goes into no page: quotes and backquotes stay what they are.
    private static readonly DrillJson Json = new(new JsonSerializerOptions(DrillJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public int ReportVersion { get; init; } = CurrentVersion;

    public required string Database { get; init; }

    public required string Server { get; init; }

    /// <summary>The identifier of the server whose backup it was; null in older reports.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? System { get; init; }

    public required string Host { get; init; }

    public required string ToolVersion { get; init; }

    public required DateTimeOffset BeganAt { get; init; }

    public required long DurationMs { get; init; }

    public required long RtoObjectiveMs { get; init; }

    public required long RpoObjectiveMs { get; init; }

    public required ImmutableArray<DrillResult> Results { get; init; }

    /// <summary>Something was tried, all of it succeeded, and no objective was missed.</summary>
    public bool Passed => Results.Any(r => r.Verdict is DrillVerdict.Passed) && Results.All(r => r.Verdict is not DrillVerdict.Failed);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json.DrillReport);

    /// <exception cref="ProblemException">SL5146: it is no report.</exception>
    public static DrillReport Parse(ReadOnlySpan<byte> json, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Json.DrillReport) is { ReportVersion: CurrentVersion } report ? report : throw DrillSignature.Refused($"{path} is a report of another version than {CurrentVersion}.");
        }
        catch (JsonException broken)
        {
            throw DrillSignature.Refused($"{path} is no report of a drill: {broken.Message}");
        }
    }

    /// <summary>For a person: the same, line by line.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Drill of {Database} at {Server}: {(Passed ? "PASSED" : "FAILED")}\n");
        text.Append(CultureInfo.InvariantCulture, $"{BeganAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC on {Host}, {Time(DurationMs)}; objectives: RTO {Time(RtoObjectiveMs)}, RPO {Time(RpoObjectiveMs)}\n");
        foreach (var result in Results)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{result.Verdict.ToString().ToUpperInvariant()}  {DrillNames.Of(result.Scenario)}: {result.Summary}\n");
            if (result.RtoMs is { } rto)
            {
                text.Append(CultureInfo.InvariantCulture, $"  RTO {Time(rto)}{(rto > RtoObjectiveMs ? ", over the objective" : "")}\n");
            }

            if (result.RpoMs is { } rpo)
            {
                text.Append(CultureInfo.InvariantCulture, $"  RPO {Time(rpo)}{(!result.JudgesRpo ? ", judged by point-in-time" : rpo > RpoObjectiveMs ? ", over the objective" : "")}\n");
            }

            foreach (var line in result.Evidence)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {line}\n");
            }
        }

        return text.ToString();
    }

    internal static string Time(long ms) => ms switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{ms} ms"),
        < 120_000 => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.0} s"),
        < 7_200_000 => string.Create(CultureInfo.InvariantCulture, $"{ms / 60_000.0:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ms / 3_600_000.0:0.#} h"),
    };
}

/// <param name="Summary">In a sentence.</param>
/// <param name="RtoMs">From the disaster, or the decision, until the database could be used; null where nothing was to be brought back.</param>
/// <param name="RpoMs">From how long before the disaster work was lost.</param>
/// <param name="Evidence">What was seen, a line each.</param>
public sealed record DrillResult(DrillScenario Scenario, DrillVerdict Verdict, string Summary, long? RtoMs, long? RpoMs, ImmutableArray<string> Evidence)
{
    /// <summary>False where WAL is received as well, and what a backup alone would lose is not what would be lost.</summary>
    public bool JudgesRpo { get; init; } = true;

    public long DurationMs { get; init; }
}

public enum DrillVerdict
{
    Passed,
    Failed,

    /// <summary>There is nothing to try it on; the summary says why.</summary>
    Skipped,
}

/// <summary>The scenarios as they are written on a command line.</summary>
public static class DrillNames
{
    public static ImmutableArray<string> All => [.. Enum.GetValues<DrillScenario>().Select(Of)];

    public static string Of(DrillScenario scenario) => scenario switch
    {
        DrillScenario.Restore => "restore",
        DrillScenario.PointInTime => "point-in-time",
        DrillScenario.CorruptedBackup => "corrupted-backup",
        DrillScenario.FailedMigration => "failed-migration",
        DrillScenario.DroppedTable => "dropped-table",
        DrillScenario.LostServer => "lost-server",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Null where there is no such scenario.</summary>
    public static DrillScenario? Find(string name) => Enum.GetValues<DrillScenario>().Where(s => Of(s) == name).Select(s => (DrillScenario?)s).FirstOrDefault();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DrillReport))]
internal sealed partial class DrillJson : JsonSerializerContext;
