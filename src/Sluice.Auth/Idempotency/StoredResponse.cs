using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sluice.Auth.Idempotency;

/// <summary>An answer as it is kept: its headers and its body, as JSON.</summary>
internal sealed record StoredResponse(List<KeyValuePair<string, string>> Headers, byte[] Body)
{
    // What belongs to the one exchange, and is the server's to say anew.
    private static readonly HashSet<string> OfTheExchange = new(StringComparer.OrdinalIgnoreCase)
    {
        "Date", "Server", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Trailer", "Upgrade", "X-Request-Id", "traceparent",
    };

    public static StoredResponse Of(HttpResponse response, byte[] body) =>
        new([.. response.Headers.Where(h => !OfTheExchange.Contains(h.Key)).SelectMany(h => h.Value, (h, v) => KeyValuePair.Create(h.Key, v ?? ""))], body);

    public string ToJson()
    {
        var text = new ArrayBufferWriter<byte>(Body.Length + 256);
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteStartArray("headers");
            foreach (var (name, value) in Headers)
            {
                json.WriteStartArray();
                json.WriteStringValue(name);
                json.WriteStringValue(value);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteBase64String("body", Body);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(text.WrittenSpan);
    }

    public static StoredResponse FromJson(string text)
    {
        using var json = JsonDocument.Parse(text);
        return new(
            [.. json.RootElement.GetProperty("headers").EnumerateArray().Select(h => KeyValuePair.Create(h[0].GetString()!, h[1].GetString()!))],
            json.RootElement.GetProperty("body").GetBytesFromBase64());
    }
}
