using System.Text.Json.Nodes;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Tests.Web;

/// <summary>What stands in the examples of the document of the API.</summary>
internal static class ApiExamples
{
    private const string Id = "\"019a7c5e-8f00-7b3a-9d2e-4c1f6a8b0d3e\"";
    private const string Time = "\"2026-11-21T12:00:00+00:00\"";
    private const string Token = "\"q4Zr0p2vXn1sKfWc8yTtLb6uHjEoMd3iGa9kQxNvR7w\"";

    private const string Cursor = "AZqHxY8Ae7-dLkwfaosNPg";
    private const string Redirect = "https://app.example.com/signed-in";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private static readonly (string Name, string Example)[] Audit =
        [("user", Id.Trim('"')), ("actor", Id.Trim('"')), ("action", "login_failed"), ("ip", "203.0.113.7"), ("requestId", "0HNH6V2K4T1QF:00000001"), ("since", "2026-11-20T00:00:00Z"), ("until", "2026-11-21T00:00:00Z")];

    private static readonly (string Name, string Example)[] Asked =
    [
        ("response_type*", "code"), ("client_id*", "shop"), ("redirect_uri*", "https://shop.example.com/signed-in"), ("scope*", "openid profile email"), ("code_challenge*", Challenge), ("code_challenge_method*", "S256"),
        ("state", "af0ifjsldkj"), ("nonce", "n-0S6_WzA2Mj"), ("prompt", "login"), ("max_age", "3600"), ("acr_values", "aal2"), ("login_hint", "ada@example.com"),
    ];

    private static readonly (string Name, string Example)[] SignOut =
        [("id_token_hint", "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEifQ.c2lnbmVk"), ("client_id", "shop"), ("post_logout_redirect_uri", "https://shop.example.com/signed-out"), ("state", "af0ifjsldkj")];

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
        ["theme"] = "\"DARK\"", ["language"] = "\"de-AT\"", ["timeZone"] = "\"Europe/Vienna\"", ["provider"] = "\"google\"", ["codeVerifier"] = Token,
        ["clientId"] = "\"shop\"", ["client"] = "\"shop\"", ["client_id"] = "\"shop\"", ["client_secret"] = "\"a secret of this client\"", ["redirect_uri"] = "\"https://shop.example.com/signed-in\"", ["code_verifier"] = Token,
        ["grant_type"] = "\"authorization_code\"", ["access_token"] = "\"eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJhZGEifQ.c2lnbmVk\"", ["id_token"] = "\"eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEifQ.c2lnbmVk\"",
        ["token_type"] = "\"Bearer\"", ["expires_in"] = "3600", ["refresh_token"] = Token, ["scope"] = "\"openid profile email\"", ["scopes"] = "[\"openid\",\"profile\",\"email\"]", ["grantedAt"] = Time,
        ["sub"] = Id, ["preferred_username"] = "\"ada\"", ["updated_at"] = "1795262400", ["email_verified"] = "true", ["seal"] = "\"1795262400.q4Zr0p2vXn1sKfWc8yTtLb6uHjEoMd3iGa9kQxNvR7w\"",
        ["url"] = "\"https://github.com/login/oauth/authorize?client_id=Iv1.8a61f9b3a7aba766&state=q4Zr0p2vXn1sKfWc8yTtLb6uHjEoMd3iGa9kQxNvR7w\"",
    };

    /// <summary>Routes that take a form, and its names; what must be there ends with a star.</summary>
    public static Dictionary<string, string[]> Forms { get; } = new()
    {
        [AuthRoutes.RevokeToken] = ["token*"], [AuthRoutes.Introspect] = ["token*"], [AuthRoutes.VerifyEmail] = ["token*"], [AuthRoutes.ConfirmEmail] = ["token*"], [AuthRoutes.ResetPassword] = ["token*", "newPassword"],
        [AuthRoutes.AcceptInvitation] = ["token*", "newPassword", "username", "displayName"], [AuthRoutes.Token] = ["grant_type*", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id", "client_secret"],
        [AuthRoutes.AuthorizeForm] = ["step", "seal", "identifier", "password", "newPassword", "mfaToken", "code", .. Asked.Select(q => q.Name.TrimEnd('*'))], [AuthRoutes.EndSessionForm] = ["step", "seal", .. SignOut.Select(q => q.Name)],
    };

    /// <summary>Bodies, and answers, that no schema says; a form by the route alone.</summary>
    public static Dictionary<string, string> Bodies { get; } = new()
    {
        [AuthRoutes.OAuthExchange] = """{"code":"q4Zr0p2vXn1sKfWc8yTtLb6uHjEoMd3iGa9kQxNvR7w","codeVerifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk","deviceName":"Ada's laptop"}""",
        [AuthRoutes.Token] = """{"grant_type":"authorization_code","code":"q4Zr0p2vXn1sKfWc8yTtLb6uHjEoMd3iGa9kQxNvR7w","redirect_uri":"https://shop.example.com/signed-in","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}""",
        [AuthRoutes.AuthorizeForm] = """{"step":"sign-in","seal":"1795262400.q4Zr0p2vXn1sKfWc8yTtLb6uHjEoMd3iGa9kQxNvR7w","identifier":"ada@example.com","password":"a quiet evening at home"}""",
        [AuthRoutes.EndSessionForm] = """{"step":"sign-out","seal":"1795262400.q4Zr0p2vXn1sKfWc8yTtLb6uHjEoMd3iGa9kQxNvR7w"}""",
        [AuthRoutes.AdminImport] = """{"email":"ada@example.com","username":"ada","emailVerified":true}""" + "\n",
    };

    /// <summary>Answers that no schema says.</summary>
    public static Dictionary<(string Route, string Status), string> Answers { get; } = new()
    {
        [(AuthRoutes.KeySet, "200")] = """{"keys":[{"kid":"9f86d081884c7d65","use":"sig","alg":"ES256","kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}""",
        [(AuthRoutes.Discovery, "200")] = """{"issuer":"https://auth.example.com","jwks_uri":"https://auth.example.com/.well-known/jwks.json"}""",
        [(AuthRoutes.Introspect, "200")] = """{"active":true,"sub":"019a7c5e-8f00-7b3a-9d2e-4c1f6a8b0d3e","exp":1795262400}""",
        [(AuthRoutes.Notifications, "200")] = """{"notifications":[{"id":"019a7c5e-8f00-7b3a-9d2e-4c1f6a8b0d3e","type":"NEW_SIGN_IN","title":null,"data":{"ip":"203.0.113.7","device":"a browser"},"createdAt":"2026-11-21T12:00:00+00:00","readAt":null}],"unread":1,"next":null}""",
        [(AuthRoutes.RevokeToken, "401")] = """{"error":"invalid_client","error_description":"The client is not known, or its secret is not right."}""",
        [(AuthRoutes.Token, "401")] = """{"error":"invalid_client","error_description":"The client is not known, or its secret is not right."}""",
        [(AuthRoutes.Token, "400")] = """{"error":"invalid_grant","error_description":"The code or the refresh token is not valid, or was issued to another client or for another redirect URI."}""",
        [(AuthRoutes.UnlinkIdentity, "202")] = """{"status":"revocation_waiting"}""",
        [(AuthRoutes.AcceptInvitation, "201")] = """{"status":"account_created"}""",
        [(AuthRoutes.Introspect, "401")] = """{"error":"invalid_client","error_description":"The client is not known, or its secret is not right."}""",
    };

    // What stands behind the question mark; what must be there ends with a star.
    private static readonly Dictionary<string, (string Name, string Example)[]> Queries = new()
    {
        [AuthRoutes.Logout] = [("scope", "local")], [AuthRoutes.RevokeSessions] = [("except", "current")], [AuthRoutes.Notifications] = [("unread", "true"), ("limit", "50"), ("cursor", Cursor)],
        [AuthRoutes.VerifyEmailPage] = [("token", Token.Trim('"'))], [AuthRoutes.ResetPasswordPage] = [("token", Token.Trim('"'))], [AuthRoutes.ConfirmEmailPage] = [("token", Token.Trim('"'))], [AuthRoutes.AcceptInvitationPage] = [("token", Token.Trim('"'))],
        [AuthRoutes.AdminUsers] = [("search", "ada"), ("state", "locked"), ("role", "MODERATOR"), ("limit", "50"), ("cursor", Cursor)], [AuthRoutes.AdminAllowList] = [("limit", "50"), ("cursor", Cursor)],
        [AuthRoutes.AdminAudit] = [.. Audit, ("limit", "50"), ("cursor", Cursor)], [AuthRoutes.AdminAuditExport] = [.. Audit, ("format", "csv")],
        [AuthRoutes.AdminEmailLogs] = [("to", "ada@example.com"), ("user", Id.Trim('"')), ("status", "BOUNCED"), ("template", "reset"), ("limit", "50"), ("cursor", Cursor)], [AuthRoutes.AdminImport] = [("onConflict", "report"), ("dryRun", "true")],
        [AuthRoutes.OAuthStart] = [("redirectUri*", Redirect), ("codeChallenge*", Challenge), ("state", "where-i-was")], [AuthRoutes.LinkIdentity] = [("redirectUri*", Redirect), ("state", "where-i-was")],
        [AuthRoutes.OAuthCallback] = [("state*", Token.Trim('"')), ("code", "4/0AbCdEf"), ("error", "access_denied"), ("iss", "https://accounts.google.com")],
        [AuthRoutes.Authorize] = Asked, [AuthRoutes.AuthorizeForm] = [.. Asked.Select(q => (q.Name.TrimEnd('*'), q.Example))], [AuthRoutes.EndSession] = SignOut, [AuthRoutes.EndSessionForm] = SignOut,
    };

    /// <summary>What a route takes beside its body.</summary>
    public static IEnumerable<(string Name, string At, JsonNode? Example, bool IsRequired)> Parameters(string route)
    {
        if (AuthRoutes.Idempotent.Contains(route))
        {
            yield return ("Idempotency-Key", "header", "2f1c0b9e-5d0a-4c8e-9a52-7a1f3b6c8d90", false);
        }

        if (route is AuthRoutes.UpdateMe or AuthRoutes.AdminUpdateUser or AuthRoutes.Me)
        {
            yield return (route == AuthRoutes.Me ? "If-None-Match" : "If-Match", "header", "\"3a7bd3e2360a3d29eea436fcfb7e44c7\"", false);
        }

        foreach (var (name, example) in Queries.GetValueOrDefault(route) ?? [])
        {
            yield return (name.TrimEnd('*'), "query", example, name.EndsWith('*'));
        }
    }

    /// <summary>What must be configured for a route to be there; null for nothing.</summary>
    public static string? Condition(string route) => route switch
    {
        AuthRoutes.MailBounced => "Only where `Mail.BounceSecret` is set.",
        AuthRoutes.Token => "Only for clients that get tokens (`Clients` with `RedirectUris`, or the grant client_credentials).",
        _ when AuthRoutes.OfMail.Contains(route) => "Only where mail can be sent (`Mail`).",
        _ when AuthRoutes.OfProviders.Contains(route) => "Only where there is a provider to sign in with (`Identities.Providers`).",
        _ when AuthRoutes.OfProvider.Contains(route) => "Only for clients that get tokens for users (`Clients` with `RedirectUris`).",
        _ => null,
    };

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
