using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Cli.Logging;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Monitoring;
using Sluice.Postgres.Preflight;

namespace Sluice.Cli.Watching;

/// <summary>What `monitor` knows from looks before, in a file beside the logs: sizes, and of which breaches the webhook was told.</summary>
/// <param name="Databases">By server and name.</param>
internal sealed record WatchState(ImmutableSortedDictionary<string, WatchedDatabase> Databases)
{
    private const string Name = "monitor.json";

    public static WatchedDatabase Read(Session session, DatabaseAddress address) => ReadFile(PathOf(session)).Databases.GetValueOrDefault(Key(address), WatchedDatabase.Unknown);

    /// <summary>Reads, changes and writes what is known of one database, while no other run does: an exporter and a run from cron share the file.</summary>
    /// <exception cref="IOException">The folder cannot be written, or another run goes on and on; so too UnauthorizedAccessException.</exception>
    public static async Task ChangeAsync(Session session, DatabaseAddress address, Func<WatchedDatabase, Task<WatchedDatabase>> change)
    {
        var path = PathOf(session);
        LogFolder.Ensure(Path.GetDirectoryName(path)!);
        await using var turn = await TurnAsync(path + ".lock", session.Stop);
        var state = ReadFile(path);
        var before = state.Databases.GetValueOrDefault(Key(address), WatchedDatabase.Unknown);
        var after = await change(before);
        if (after != before)
        {
            AtomicFile.Write(path, JsonSerializer.Serialize(new WatchState(state.Databases.SetItem(Key(address), after)), WatchStateJson.Default.WatchState) + "\n", secret: true);
        }
    }

    // A webhook has five seconds to answer; whoever waits longer than a few of them gives up.
    private static async Task<FileStream> TurnAsync(string path, CancellationToken cancellation)
    {
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(50, cancellation))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(20))
            {
                // Another run has it.
            }
        }
    }

    private static string PathOf(Session session) => Path.Combine(LogFolder.Of(session), Name);

    private static string Key(DatabaseAddress address) => $"{address.Server}/{address.Database}";

    private static WatchState ReadFile(string path)
    {
        try
        {
            return (File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), WatchStateJson.Default.WatchState) : null)
                ?? new WatchState(ImmutableSortedDictionary.Create<string, WatchedDatabase>(StringComparer.Ordinal));
        }
        catch (JsonException damaged)
        {
            throw new StopException($"{Paths.Show(path)} cannot be read: {damaged.Message}", null, "Remove it: it holds what earlier looks saw, and is written anew.");
        }
    }
}

/// <param name="Readings">Oldest first.</param>
/// <param name="Told">The breaches of which the webhook was told, and not yet of their end.</param>
internal sealed record WatchedDatabase(ImmutableArray<SizeReading> Readings, ImmutableSortedDictionary<string, Verdict> Told)
{
    public static WatchedDatabase Unknown { get; } = new([], Breaches.None);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WatchState))]
internal sealed partial class WatchStateJson : JsonSerializerContext;
