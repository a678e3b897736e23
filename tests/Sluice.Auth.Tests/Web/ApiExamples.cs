using System.Text.Json.Nodes;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Tests.Web;

/// <summary>What stands in the examples of the document of the API.</summary>
internal static class ApiExamples
{
    private const string Id = "\"019a7c5e-8f00-7b3a-9d2e-4c1f6a8b0d3e\"";
    private const string Time = "\"2026-11-21T12:00:00+00:00\"";
    private const string Token = "\"q4Zr0p2vXn1sKfWc8yTtLb6uHjEoMd3iGa9kQxNvR7w\"";

    // By the name of the property.
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["id"] = Id, ["email"] = "\"ada@example.com\"", ["newEmail"] = "\"countess@example.com\"", ["username"] = "\"ada\"", ["displayName"] = "\"Ada Lovelace\"", ["identifier"] = "\"ada@example.com\"",
        ["password"] = "\"a quiet evening at home\"", ["currentPassword"] = "\"a quiet evening at home\"", ["newPassword"] = "\"another evening, elsewhere\"", ["metadata"] = """{"theme":"dark"}""",
        ["deviceName"] = "\"Ada's laptop\"", ["device"] = "\"Ada's laptop\"", ["ip"] = "\"203.0.113.7\"", ["role"] = "\"user\"", ["accessToken"] = "\"eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJhZGEifQ.c2lnbmVk\"",
        ["refreshToken"] = Token, ["mfaToken"] = Token, ["token"] = Token, ["tokenType"] = "\"Bearer\"", ["expiresIn"] = "3600", ["status"] = "\"verification_sent\"", ["code"] = "\"492039\"",
        ["recoveryCode"] = "\"7XKQ2-M9PDA\"", ["recoveryCodes"] = "[\"7XKQ2-M9PDA\",\"C4WHJ-T8RVN\"]", ["recoveryCodesLeft"] = "10", ["name"] = "\"Ada's telephone\"", ["type"] = "\"totp\"",
        ["secret"] = "\"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\"", ["uri"] = "\"otpauth://totp/auth.example.com:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=auth.example.com\"",
        ["qrCode"] = "\"data:image/png;base64,iVBORw0KGgo=\"", ["messageId"] = "\"<019a7c5e-8f00-7b3a-9d2e-4c1f6a8b0d3e@example.com>\"", ["createdAt"] = Time, ["updatedAt"] = Time, ["lastUsedAt"] = Time, ["expiresAt"] = Time, ["activatedAt"] = Time,
        ["error"] = "\"invalid_request\"", ["error_description"] = "\"The form has no `token`.\"", ["entry"] = "\"@example.com\"",
        ["theme"] = "\"DARK\"", ["language"] = "\"de-AT\"", ["timeZone"] = "\"Europe/Vienna\"",
    };

    /// <summary>Routes that take a form, and its names; the first must be there.</summary>
    public static Dictionary<string, string[]> Forms { get; } = new()
    {
        [AuthRoutes.RevokeToken] = ["token"], [AuthRoutes.Introspect] = ["token"], [AuthRoutes.VerifyEmail] = ["token"], [AuthRoutes.ConfirmEmail] = ["token"], [AuthRoutes.ResetPassword] = ["token", "newPassword"],
    };

    /// <summary>Answers that no schema says.</summary>
    public static Dictionary<(string Route, string Status), string> Answers { get; } = new()
    {
        [(AuthRoutes.KeySet, "200")] = """{"keys":[{"kid":"9f86d081884c7d65","use":"sig","alg":"ES256","kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}""",
        [(AuthRoutes.Discovery, "200")] = """{"issuer":"https://auth.example.com","jwks_uri":"https://auth.example.com/.well-known/jwks.json"}""",
        [(AuthRoutes.Introspect, "200")] = """{"active":true,"sub":"019a7c5e-8f00-7b3a-9d2e-4c1f6a8b0d3e","exp":1795262400}""",
        [(AuthRoutes.Notifications, "200")] = """{"notifications":[{"id":"019a7c5e-8f00-7b3a-9d2e-4c1f6a8b0d3e","type":"NEW_SIGN_IN","title":null,"data":{"ip":"203.0.113.7","device":"a browser"},"createdAt":"2026-11-21T12:00:00+00:00","readAt":null}],"unread":1,"next":null}""",
        [(AuthRoutes.RevokeToken, "401")] = """{"error":"invalid_client","error_description":"The client is not known, or its secret is not right."}""",
        [(AuthRoutes.Introspect, "401")] = """{"error":"invalid_client","error_description":"The client is not known, or its secret is not right."}""",
    };

    /// <summary>What a route takes beside its body.</summary>
    public static IEnumerable<(string Name, string At, JsonNode? Example)> Parameters(string route)
    {
        if (AuthRoutes.Idempotent.Contains(route))
        {
            yield return ("Idempotency-Key", "header", "2f1c0b9e-5d0a-4c8e-9a52-7a1f3b6c8d90");
        }

        foreach (var (of, name, at, example) in new[]
                 {
                     (AuthRoutes.Logout, "scope", "query", "local"), (AuthRoutes.RevokeSessions, "except", "query", "current"), (AuthRoutes.Notifications, "unread", "query", "true"), (AuthRoutes.UpdateMe, "If-Match", "header", "\"3a7bd3e2360a3d29eea436fcfb7e44c7\""),
                     (AuthRoutes.Me, "If-None-Match", "header", "\"3a7bd3e2360a3d29eea436fcfb7e44c7\""), (AuthRoutes.VerifyEmailPage, "token", "query", Token.Trim('"')), (AuthRoutes.ResetPasswordPage, "token", "query", Token.Trim('"')), (AuthRoutes.ConfirmEmailPage, "token", "query", Token.Trim('"')),
                 })
        {
            if (of == route)
            {
                yield return (name, at, example);
            }
        }
    }

    public static string Usual(int status) => status switch
    {
        401 => "invalid_token",
        403 => "forbidden",
        404 => "not_found",
        409 => "conflict",
        413 => "request_too_large",
        415 => "unsupported_media_type",
        422 => "value_refused",
        429 => "too_many_requests",
        503 => "unavailable",
        _ => "invalid_request",
    };

    public static JsonNode? Of(string name) => Values.TryGetValue(name, out var value) ? JsonNode.Parse(value) : null;

    public static JsonNode? Of(JsonNode schema, JsonObject document)
    {
        if (schema["$ref"]?.ToString() is { } reference)
        {
            return Of(document["components"]!["schemas"]![reference.Split('/')[^1]]!, document);
        }

        if ((schema["oneOf"] ?? schema["anyOf"])?.AsArray().FirstOrDefault(s => s!["type"]?.ToString() != "null") is { } one)
        {
            return Of(one, document);
        }

        var type = schema["type"] is JsonArray several ? several.Select(t => t!.ToString()).First(t => t != "null") : schema["type"]?.ToString();
        return type switch
        {
            _ when schema["enum"]?.AsArray().FirstOrDefault(v => v is not null) is { } first => first.DeepClone(),
            "array" => new JsonArray(Of(schema["items"]!, document)),
            "string" => schema["format"]?.ToString() == "date-time" ? JsonNode.Parse(Time) : "text",
            "integer" or "number" => 1,
            "boolean" => true,
            "object" or null => new JsonObject(schema["properties"]?.AsObject().Select(p => KeyValuePair.Create(p.Key, Of(p.Key) is { } known && Fits(known, p.Value!) ? known : Of(p.Value!, document))) ?? []),
            _ => throw new InvalidOperationException($"no example for {schema.ToJsonString()}"),
        };
    }

    // A name may mean another kind of thing elsewhere.
    private static bool Fits(JsonNode known, JsonNode schema) => (schema["type"] is JsonArray several ? several.Select(t => t!.ToString()) : schema["type"] is { } type ? [type.ToString()] : []).ToList() is var types
        && (types.Count == 0 ? schema["$ref"] is null && schema["oneOf"] is null : types.Contains(known switch { JsonArray => "array", JsonObject => "object", _ => known.GetValueKind() is System.Text.Json.JsonValueKind.String ? "string" : known.GetValueKind() is System.Text.Json.JsonValueKind.Number ? "integer" : "boolean" }));
}
