using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Logging;

/// <summary>
/// The log of one run as JSON lines: `migration_{utc}.log`, and what went wrong once more in `migration_errors_{utc}.log`.
/// Every line has the correlation id, which the server shows as part of the session's application name.
/// </summary>
internal sealed class RunLog : IProgress<RunEvent>, IDisposable
{
    private readonly string folder;
    private readonly string stamp;
    private readonly string correlationId;
    private readonly TimeProvider clock;
    private readonly IProgress<RunEvent> next;
    private readonly Action<string> warn;
    private readonly FileStream lines;
    private FileStream? errors;
    private bool isFull;

    private RunLog(string folder, string correlationId, DatabaseAddress address, IProgress<RunEvent> next, Action<string> warn, TimeProvider clock)
    {
        this.folder = folder;
        this.correlationId = correlationId;
        Address = address;
        this.next = next;
        this.warn = warn;
        this.clock = clock;
        LogFolder.Ensure(folder);
        (lines, stamp) = Create(clock.GetUtcNow());
    }

    public DatabaseAddress Address { get; }

    /// <summary>The file's path.</summary>
    public string Path => lines.Name;

    /// <param name="next">Who else is told of every event.</param>
    /// <param name="warn">Told once, when a line can be written no more.</param>
    /// <exception cref="IOException">The folder cannot be written; so too UnauthorizedAccessException.</exception>
    public static RunLog Open(string folder, string correlationId, DatabaseAddress address, IProgress<RunEvent> next, Action<string> warn, TimeProvider clock) =>
        new(folder, correlationId, address, next, warn, clock);

    public void Started(string command, string migrations) => Write("info", "started", json =>
    {
        Text(json, "command", command);
        Text(json, "tool", VersionText.Number);
        Text(json, "host", Environment.MachineName);
        Text(json, "actor", Environment.UserName);
        Text(json, "database", Address.Redacted);
        Text(json, "migrations", migrations);
    });

    public void Checked(string phase, Check check) => Write(
        check.Verdict switch { Verdict.Critical => "error", Verdict.Warning => "warning", _ => "info" },
        "check",
        json =>
        {
            Text(json, "phase", phase);
            Text(json, "name", check.Name);
            Text(json, "value", check.Value);
            Text(json, "threshold", check.Threshold);
            Text(json, "verdict", CheckText.Word(check.Verdict));
        });

    public void BackupTaken(string file, BackupManifest manifest) => Write("info", "backup_taken", json =>
    {
        Text(json, "file", file);
        json.WriteBoolean("whole", manifest.Whole);
        json.WriteNumber("bytes", manifest.Bytes);
        json.WriteNumber("durationMs", manifest.DurationMs);
        json.WriteNumber("proofMs", manifest.ProofMs);
    });

    /// <summary>The first attempt to connect waits for nothing; those after it are told by the run.</summary>
    public void Connecting() => Write("info", "connecting", json =>
    {
        Text(json, "server", Address.Server);
        json.WriteNumber("attempt", 1);
        json.WriteNumber("attempts", Address.Retry.MaxRetries + 1);
        json.WriteNumber("afterMs", 0);
    });

    public void Report(RunEvent value)
    {
        var (name, level, fields) = RunEventLine.Of(this, value);
        Write(level, name, fields);
        next.Report(value);
    }

    public void Finished(Answer answer, TimeSpan elapsed) => Write("info", "finished", json =>
    {
        json.WriteString("outcome", answer.Outcome.ToString().ToLowerInvariant());
        json.WriteNumber("durationMs", (long)elapsed.TotalMilliseconds);
    });

    public void Failed(Failure failure, TimeSpan elapsed) => Write("error", "failed", json =>
    {
        failure.WriteJson(json);
        json.WriteNumber("durationMs", (long)elapsed.TotalMilliseconds);
    });

    public void Write(string level, string name, Action<Utf8JsonWriter> members)
    {
        var line = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(line, JsonText.OneLine))
        {
            json.WriteStartObject();
            json.WriteString("time", clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", level);
            json.WriteString("correlationId", correlationId);
            json.WriteString("event", name);
            members(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        lock (lines)
        {
            if (isFull)
            {
                return;
            }

            try
            {
                Append(line.WrittenSpan, level);
            }
            catch (IOException full)
            {
                // A full disk here is no reason to leave a migration half done; the journal is in the database.
                isFull = true;
                warn($"The log ends before the run does: {full.Message}");
            }
        }
    }

    private void Append(ReadOnlySpan<byte> line, string level)
    {
        lines.Write(line);
        if (level is "error")
        {
            errors ??= LogFolder.CreateFile(System.IO.Path.Combine(folder, $"migration_errors_{stamp}.log"));
            errors.Write(line);
        }
    }

    public void Text(Utf8JsonWriter json, string name, string? text) => json.WriteString(name, text is null ? null : Redaction.Clean(text, Address));

    public void Dispose()
    {
        lines.Dispose();
        errors?.Dispose();
    }

    // Runs that begin at once get a file each.
    private (FileStream File, string Stamp) Create(DateTimeOffset now)
    {
        var first = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        for (var twin = 1; ; twin++)
        {
            var name = twin == 1 ? first : string.Create(CultureInfo.InvariantCulture, $"{first}_{twin}");
            var path = System.IO.Path.Combine(folder, $"migration_{name}.log");
            try
            {
                return (LogFolder.CreateFile(path), name);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another run was first; the next number.
            }
        }
    }
}
