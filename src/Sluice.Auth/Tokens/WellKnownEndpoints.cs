using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Tokens;

/// <summary>What verifiers read: the public keys, and where they are.</summary>
internal static class WellKnownEndpoints
{
    public const string RevokePath = "/token/revoke";
    public const string IntrospectPath = "/token/introspect";

    private static readonly string[] Grants = ["authorization_code", "refresh_token", "client_credentials"];

    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes, SluiceAuthOptions options, string prefix)
    {
        var below = new Uri(options.Issuer).AbsolutePath.TrimEnd('/');
        routes.Map(at, AuthRoutes.KeySet, "GET", $"{below}/.well-known/jwks.json", KeysAsync, new("The public keys (RFC 7517).", KeysAsync) { Answers = [(200, typeof(Dictionary<string, JsonElement>)), (304, null)] });
        foreach (var name in new[] { "openid-configuration", "oauth-authorization-server" })
        {
            routes.Map(at, AuthRoutes.Discovery, "GET", $"{below}/.well-known/{name}", MetadataAsync, new("Where the keys are (RFC 8414).", MetadataAsync) { Answers = [(200, typeof(Dictionary<string, JsonElement>)), (304, null)] });
        }

        Task KeysAsync(HttpContext context) => PublishAsync(context, j => WriteKeys(j, context.RequestServices.GetRequiredService<KeyRing>()));

        Task MetadataAsync(HttpContext context) => PublishAsync(context, j => WriteMetadata(j, options, $"{new Uri(options.Issuer).GetLeftPart(UriPartial.Authority)}/{prefix.Trim('/')}"));
    }

    private static void WriteKeys(Utf8JsonWriter json, KeyRing ring)
    {
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in ring.Keys.Where(k => k.PublicKey.Length > 0).OrderBy(k => k.SignsFrom))
        {
            json.WriteStartObject();
            json.WriteString("kid", key.Kid);
            json.WriteString("use", "sig");
            json.WriteString("alg", key.Algorithm);
            if (key.Algorithm == "ES256")
            {
                using var curve = ECDsa.Create();
                curve.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
                var point = curve.ExportParameters(false).Q;
                json.WriteString("kty", "EC");
                json.WriteString("crv", "P-256");
                json.WriteString("x", Base64Url.EncodeToString(point.X));
                json.WriteString("y", Base64Url.EncodeToString(point.Y));
            }
            else
            {
                using var rsa = RSA.Create();
                rsa.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
                var parameters = rsa.ExportParameters(false);
                json.WriteString("kty", "RSA");
                json.WriteString("n", Base64Url.EncodeToString(parameters.Modulus));
                json.WriteString("e", Base64Url.EncodeToString(parameters.Exponent));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter json, SluiceAuthOptions options, string below)
    {
        json.WriteStartObject();
        json.WriteString("issuer", options.Issuer);
        json.WriteString("jwks_uri", $"{options.Issuer}/.well-known/jwks.json");
        WriteProvider();
        Write("subject_types_supported", "public");
        Write("id_token_signing_alg_values_supported", options.Tokens.Algorithm);
        Endpoint("revocation", AuthRoutes.RevokeToken, RevokePath);
        Endpoint("introspection", AuthRoutes.Introspect, IntrospectPath);
        json.WriteEndObject();

        // Said only where it is there: somebody builds upon every word.
        void WriteProvider()
        {
            var hasCodes = options.Clients.Any(c => c.RedirectUris.Count > 0);
            Write("response_types_supported", hasCodes ? "code" : "none");
            var grants = Grants.Where(g => options.Clients.Any(c => c.MayUse(g))).ToArray();
            if (grants.Length > 0 && Path(AuthRoutes.Token, "token_endpoint", ProviderPaths.Token))
            {
                Write("grant_types_supported", grants);
                Write("token_endpoint_auth_methods_supported", Methods(options.Clients.Where(c => !c.IsService)));
            }

            if (!hasCodes)
            {
                return;
            }

            if (Path(AuthRoutes.Authorize, "authorization_endpoint", ProviderPaths.Authorize))
            {
                Write("response_modes_supported", "query");
                Write("code_challenge_methods_supported", "S256");
                Write("prompt_values_supported", "none", "login", "consent", "select_account");
                Write("acr_values_supported", "aal1", "aal2");
                Write("scopes_supported", [.. options.Clients.SelectMany(c => c.MayAskFor).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
                Write("claims_supported", "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid", "name", "preferred_username", "updated_at", "email", "email_verified");
                json.WriteBoolean("authorization_response_iss_parameter_supported", true);
                json.WriteBoolean("request_uri_parameter_supported", false);
                json.WriteBoolean("request_parameter_supported", false);
            }

            Path(AuthRoutes.UserInfo, "userinfo_endpoint", ProviderPaths.UserInfo);
            Path(AuthRoutes.EndSession, "end_session_endpoint", ProviderPaths.EndSession);
        }

        bool Path(string route, string name, string path)
        {
            if (options.DisabledRoutes.Contains(route))
            {
                return false;
            }

            json.WriteString(name, below + path);
            return true;
        }

        static string[] Methods(IEnumerable<ClientOptions> clients) => [.. clients.Any(c => !c.IsPublic) ? ["client_secret_basic", "client_secret_post"] : Array.Empty<string>(), .. clients.Any(c => c.IsPublic) ? ["none"] : Array.Empty<string>()];

        // Without clients nobody may ask there.
        void Endpoint(string name, string route, string path)
        {
            if (options.Clients.Count > 0 && !options.DisabledRoutes.Contains(route))
            {
                json.WriteString($"{name}_endpoint", below + path);
                Write($"{name}_endpoint_auth_methods_supported", Methods(options.Clients.Where(c => name == "revocation" || !c.IsPublic)));
            }
        }

        void Write(string name, params ReadOnlySpan<string> values)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }
    }

    private static async Task PublishAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        // Kept by verifiers for less long than a new key waits before it signs.
        var age = (int)(context.RequestServices.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Tokens.KeyPropagation / 2).TotalSeconds;
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan))[..16]}\"";
        Answer.Harden(context.Response, StatusCodes.Status200OK);
        context.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={age}");
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }
}
