using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Sluice.Tests.Support;

namespace Sluice.Fuzzer;

/// <summary>The published engine, asked over JSON lines. It dies of a panic now and then and is started again.</summary>
internal sealed class Oracle(string folder, string? server) : IDisposable
{
    // The offline engine writes it where 6.x on a server does not: the schema that every database is born with.
    private const string CreatePublic = "-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS \"public\";\n";

    private Process? process;
    private int next;

    public int Crashes { get; private set; }

    /// <summary>An installed copy, or one installed now; null where neither the tool nor a copy is at hand.</summary>
    public static Oracle? Find(string? server)
    {
        var folder = Environment.GetEnvironmentVariable("SLUICE_ORACLE") is { Length: > 0 } given ? given : Path.Combine(Repository.Root, ".sluice", "oracle");
        if (!File.Exists(Path.Combine(folder, "p6", "node_modules", "@prisma", "prisma-schema-wasm", "package.json")))
        {
            if (Repository.FindAbove(Path.Combine("shared", "tools", "prisma-oracle", "install")) is not { } install)
            {
                return null;
            }

            using var running = Process.Start(new ProcessStartInfo(install, folder) { RedirectStandardOutput = true })!;
            running.WaitForExit();
        }

        return new(folder, server);
    }

    /// <summary>Null when the engine crashed over the question.</summary>
    public JsonElement? Ask(string operation, Action<Utf8JsonWriter> arguments)
    {
        var running = process ??= Start();
        var line = Question(operation, arguments);
        try
        {
            running.StandardInput.WriteLine(line);
            running.StandardInput.Flush();
        }
        catch (IOException)
        {
            return Crashed();
        }

        if (running.StandardOutput.ReadLine() is not { } answer)
        {
            return Crashed();
        }

        using var json = JsonDocument.Parse(answer);
        if (!json.RootElement.TryGetProperty("result", out var result) || IsPanic(result))
        {
            return Crashed();
        }

        return result.Clone();
    }

    public IReadOnlyList<LintEntry>? Lint(string schema) => Ask("lint", w => Files(w, "files", schema)) is not { } found
        ? null
        : [.. found.EnumerateArray().Select(e => new LintEntry(
            Bytes(schema, e.GetProperty("start").GetInt32()),
            Bytes(schema, e.GetProperty("end").GetInt32()),
            e.GetProperty("text").GetString()!,
            e.GetProperty("is_warning").GetBoolean()))];

    public string? Format(string schema) => Ask("format", w => Files(w, "files", schema)) is { ValueKind: JsonValueKind.Array } found
        ? found[0][1].GetString()
        : null;

    /// <summary>The SQL between two schemas; null stands for the empty database on the left.</summary>
    public string? Diff(string? from, string to)
    {
        var answer = Ask("diff", w =>
        {
            Files(w, "from", from);
            Files(w, "to", to);
        });
        if (answer is not { ValueKind: JsonValueKind.Object } found || !found.TryGetProperty("stdout", out var sql))
        {
            return null;
        }

        var text = sql.GetString()!;
        return text.StartsWith("-- This is an empty migration.", StringComparison.Ordinal) ? ""
            : !to.Contains("schemas = [", StringComparison.Ordinal) && text.StartsWith(CreatePublic, StringComparison.Ordinal) ? text[CreatePublic.Length..].TrimStart('\n')
            : text;
    }

    /// <summary>The migration that `migrate dev` would write, with its warnings and refusals.</summary>
    public JsonElement? Migration(string? from, string to, string rows) => Ask("mkmig", w =>
    {
        Files(w, "from", from);
        Files(w, "to", to);
        w.WriteString("seed", rows);
    });

    public void Dispose() => Stop();

    // Its offsets count UTF-16 units.
    private static int Bytes(string schema, int position) => Encoding.UTF8.GetByteCount(schema.AsSpan(0, Math.Min(position, schema.Length)));

    private static void Files(Utf8JsonWriter writer, string name, string? schema)
    {
        if (schema is null)
        {
            writer.WriteString(name, "empty");
            return;
        }

        writer.WriteStartArray(name);
        writer.WriteStartArray();
        writer.WriteStringValue("schema.prisma");
        writer.WriteStringValue(schema);
        writer.WriteEndArray();
        writer.WriteEndArray();
    }

    private string Question(string operation, Action<Utf8JsonWriter> arguments)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", next++);
            writer.WriteString("op", operation);
            arguments(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static bool IsPanic(JsonElement result) => result.ValueKind is JsonValueKind.Object && result.TryGetProperty("panic", out _);

    private JsonElement? Crashed()
    {
        Crashes++;
        Stop();
        return null;
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("node", "oracle.mjs")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["PRISMA"] = "6";
        if (server is not null)
        {
            start.Environment["RIG_PG"] = server;
        }

        var started = Process.Start(start)!;
        started.ErrorDataReceived += (_, _) => { };
        started.BeginErrorReadLine();
        return started;
    }

    private void Stop()
    {
        if (process is { } running)
        {
            if (!running.HasExited)
            {
                running.Kill();
            }

            running.WaitForExit();
            running.Dispose();
            process = null;
        }
    }
}
