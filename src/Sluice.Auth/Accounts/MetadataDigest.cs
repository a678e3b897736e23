using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Auth.Accounts;

/// <summary>Tells one metadata from another in the audit log, and nothing of what is in it.</summary>
internal static class MetadataDigest
{
    /// <returns>Null for none.</returns>
    public static JsonObject? Of(JsonElement? metadata)
    {
        if (metadata is not { } value)
        {
            return null;
        }

        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            Write(json, value);
        }

        return new JsonObject { ["bytes"] = text.WrittenCount, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(text.WrittenSpan)) };
    }

    // PostgreSQL's jsonb has an order of its own, and a client another.
    private static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
