using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>A provider of OpenID Connect: Google, and any other.</summary>
internal sealed class OpenIdProvider(string name, ProviderOptions options, ProviderCalls calls, TimeProvider clock) : Provider(name, options), IDisposable
{
    private readonly PublishedByProvider published = new(name, options.Authority, calls, clock);

    public override async Task<Outcome<string>> AddressAsync(SignInAttempt attempt, string callback, CancellationToken cancellation)
    {
        var metadata = await published.MetadataAsync(cancellation);
        return metadata.Value is { } at ? Address(at.Authorize, attempt, callback, "openid email profile", withNonce: true) : metadata.Refusal!;
    }

    public override async Task<Outcome<ProviderAccount>> IdentifyAsync(string code, string? issuer, SignInAttempt attempt, string callback, CancellationToken cancellation)
    {
        var metadata = await published.MetadataAsync(cancellation);
        if (metadata.Value is not { } at)
        {
            return metadata.Refusal!;
        }

        // Another provider's answer, sent here (mix-up): its code is not shown to this one.
        if (issuer is null ? at.SaysIssuer : issuer != Options.Authority)
        {
            return IdentityRefusals.State;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, at.Token);
        var form = CodeForm(code, attempt, callback);
        if (at.TakesBasic)
        {
            var pair = $"{Uri.EscapeDataString(Options.ClientId)}:{Uri.EscapeDataString(Options.ClientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }
        else
        {
            (form["client_id"], form["client_secret"]) = (Options.ClientId, Options.ClientSecret);
        }

        request.Content = new FormUrlEncodedContent(form);
        var answer = await calls.SendAsync(Name, request, cancellation);
        if (answer.Value is not { } tokens)
        {
            return answer.Refusal!;
        }

        if (tokens.Status != 200 || tokens.Text("access_token") is not { } access || tokens.Text("id_token") is not { } text)
        {
            return calls.Untrue(Name, tokens.Text("error") is { } error && error.All(c => char.IsAsciiLetterLower(c) || c == '_') ? $"no tokens ({error})" : "no tokens");
        }

        return await BelieveAsync(text, access, attempt, at, cancellation);
    }

    public void Dispose() => published.Dispose();

    private async Task<Outcome<ProviderAccount>> BelieveAsync(string text, string access, SignInAttempt attempt, ProviderMetadata at, CancellationToken cancellation)
    {
        if (IdToken.Read(text) is not { } token)
        {
            return calls.Untrue(Name, "an ID token that is none, or of an algorithm that is not accepted");
        }

        var key = await published.KeyAsync(token, at, cancellation);
        if (key.Value is null)
        {
            return key.Refusal!;
        }

        if (!key.Value.Verifies(token.Signed, token.Signature))
        {
            return calls.Untrue(Name, "an ID token with a signature that is not its own");
        }

        if (token.Problem(Options.Authority, Options.ClientId, attempt.Nonce, access, clock.GetUtcNow()) is { } claim)
        {
            return calls.Untrue(Name, $"an ID token whose `{claim}` is not as it must be");
        }

        var (subject, claims) = (token.Claim("sub")!, token.Claims);
        if (token.Claim("email") is null && at.UserInfo is { } address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
            var answer = await calls.SendAsync(Name, request, cancellation);
            // 5.3.2: what is said of somebody else is not believed.
            if (answer.Value is not { Status: 200 } info || info.Text("sub") != subject)
            {
                return answer.Refusal ?? calls.Untrue(Name, "user information that is not of the ID token's subject");
            }

            claims = info.Json;
        }

        return new ProviderAccount(Name, Options.Authority, subject, Text(claims, "email"), IsTrue(ProviderAnswer.Member(claims, "email_verified")), Text(claims, "name"));
    }

    private static string? Text(JsonElement json, string name) => ProviderAnswer.Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    // Some say it as a text.
    private static bool IsTrue(JsonElement value) => value.ValueKind is JsonValueKind.True || (value.ValueKind is JsonValueKind.String && value.GetString() == "true");
}
