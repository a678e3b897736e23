using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Watching;

/// <summary>Tells an address of the web what went over its threshold, and what came back. The address is a secret: it is shown up to its host.</summary>
internal static class Webhook
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>`--webhook`, or what `sluice.json` says: an address, or `env(NAME)`.</summary>
    public static Uri? Find(Session session, string? given, string? configured)
    {
        var (text, origin) = given is not null ? (given, "--webhook") : (configured, "`monitor.webhook` in sluice.json");
        if (text is ['e', 'n', 'v', '(', .. var name, ')'])
        {
            text = session.Project.Variables[name.Trim('"')];
            if (string.IsNullOrEmpty(text))
            {
                throw new StopException($"{origin} names the variable `{name.Trim('"')}`, which is not set.", null, "Set it, in the environment or in .env.");
            }
        }

        return text is null ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
            : throw new StopException($"{origin} is no address of the web.", null, "Write https://HOST/PATH, or env(NAME) for a variable that holds it.");
    }

    /// <returns>Null, or why it was not taken.</returns>
    public static async Task<string?> PostAsync(Uri url, DatabaseAddress address, ImmutableArray<Breach> changes, DateTimeOffset now, CancellationToken cancellation)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience };
        using var body = new ByteArrayContent(Body(address, changes, now));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var answer = await client.PostAsync(url, body, cancellation);
            return answer.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"it answered {(int)answer.StatusCode}");
        }
        catch (HttpRequestException failure)
        {
            return failure.Message;
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"it gave no answer within {Patience.TotalSeconds:0} s";
        }
    }

    private static byte[] Body(DatabaseAddress address, ImmutableArray<Breach> changes, DateTimeOffset now)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, JsonText.OneLine))
        {
            json.WriteStartObject();
            // What chats show.
            json.WriteString("text", Clean($"{address.Database} at {address.Server}\n{string.Join('\n', changes.Select(WatchText.Line))}"));
            json.WriteString("database", address.Database);
            json.WriteString("server", address.Server);
            json.WriteString("host", Environment.MachineName);
            json.WriteString("time", now.UtcDateTime);
            json.WriteStartArray("changes");
            foreach (var change in changes)
            {
                json.WriteStartObject();
                WatchText.WriteJson(json, change, Clean);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();

        string Clean(string text) => Redaction.Clean(text, address);
    }
}
