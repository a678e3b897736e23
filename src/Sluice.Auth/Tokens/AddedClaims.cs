using System.Security.Claims;
using System.Text.Json;

namespace Sluice.Auth.Tokens;

/// <summary>What a token says besides what Sluice says: claims of the application's own, of a list one for each text.</summary>
internal static class AddedClaims
{
    /// <param name="payload">Of a token whose signature holds.</param>
    public static IReadOnlyList<Claim> Of(ReadOnlySpan<byte> payload)
    {
        List<Claim>? added = null;
        var json = new Utf8JsonReader(payload);
        json.Read();
        while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            if (Enrichment.IsOurs(name))
            {
                json.Skip();
                continue;
            }

            added ??= [];
            if (json.TokenType is JsonTokenType.StartArray)
            {
                while (json.Read() && json.TokenType is not JsonTokenType.EndArray)
                {
                    added.Add(One(name, ref json));
                }
            }
            else
            {
                added.Add(One(name, ref json));
            }
        }

        return added is null ? [] : added;
    }

    private static Claim One(string name, ref Utf8JsonReader json)
    {
        if (json.TokenType is JsonTokenType.String)
        {
            return new Claim(name, json.GetString()!);
        }

        using var value = JsonDocument.ParseValue(ref json);
        return new Claim(name, value.RootElement.GetRawText(), value.RootElement.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => ClaimValueTypes.Boolean,
            JsonValueKind.Number => value.RootElement.TryGetInt64(out _) ? ClaimValueTypes.Integer64 : ClaimValueTypes.Double,
            _ => "JSON",
        });
    }
}
