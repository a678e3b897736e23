using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Provider;

/// <summary>What a client asks for (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2.1), when client and redirect URI are known to belong together.</summary>
internal sealed record AuthorizationRequest(ClientOptions Client, string RedirectUri)
{
    private const int Longest = 2048;

    private static readonly string[] Prompts = ["none", "login", "consent", "select_account"];

    private static readonly (string Name, string Error)[] NotSupported = [("request", "request_not_supported"), ("request_uri", "request_uri_not_supported"), ("registration", "registration_not_supported")];

    public string? State { get; private init; }

    public string? Nonce { get; private init; }

    public string Scope { get; private init; } = "";

    public string Challenge { get; private init; } = "";

    public IReadOnlyList<string> Prompt { get; private init; } = [];

    public TimeSpan? MaxAge { get; private init; }

    /// <summary>Whether nothing less than a second factor will do.</summary>
    public bool NeedsFactor { get; private init; }

    /// <summary>The name to begin with in the form.</summary>
    public string Hint { get; private init; } = "";

    /// <summary>What the client is told instead of a code; null for a request that may go on.</summary>
    public string? Error { get; private init; }

    public bool IsSilent => Prompt is ["none"];

    public bool WantsSignIn => Prompt.Any(p => p is "login" or "select_account");

    public bool WantsConsent => Prompt.Contains("consent");

    /// <returns>Null where nobody may be led anywhere: the client is not known, or the address is not its.</returns>
    public static AuthorizationRequest? Read(IQueryCollection query, Func<string?, ClientOptions?> find)
    {
        var once = query.Where(q => q.Value.Count == 1).ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal);
        if (find(once.GetValueOrDefault("client_id")) is not { RedirectUris.Count: > 0 } client || once.GetValueOrDefault("redirect_uri") is not { } uri || !RedirectUris.Has(client, uri))
        {
            return null;
        }

        // Said back as it came, so it must be what may come.
        var state = once.GetValueOrDefault("state") is { Length: > 0 } said && IsPlain(said) ? said : null;
        var request = new AuthorizationRequest(client, uri) { State = state };
        if (query.Any(q => q.Value.Count > 1) || once.Any(q => !IsPlain(q.Value)))
        {
            return request with { Error = "invalid_request" };
        }

        return NotSupported.FirstOrDefault(n => once.ContainsKey(n.Name)).Error is { } unsupported ? request with { Error = unsupported } : request.With(once);
    }

    private AuthorizationRequest With(Dictionary<string, string> asked)
    {
        string? Of(string name) => asked.GetValueOrDefault(name);
        var scope = (Of("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        var prompt = (Of("prompt") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var acr = (Of("acr_values") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var age = Of("max_age");
        var seconds = 0;
        var isRight = age is null || int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out seconds);
        return this with
        {
            Nonce = Of("nonce"),
            Scope = string.Join(' ', scope),
            Challenge = Of("code_challenge") ?? "",
            Prompt = prompt,
            MaxAge = age is null ? null : TimeSpan.FromSeconds(seconds),
            NeedsFactor = acr.Contains("aal2") && !acr.Contains("aal1"),
            Hint = Of("login_hint") is { Length: <= 254 } hint ? hint : "",
            Error = Of("response_type") switch
            {
                null => "invalid_request",
                not "code" => "unsupported_response_type",
                _ when Of("response_mode") is not (null or "query") || !isRight || prompt.Except(Prompts).Any() || (prompt.Contains("none") && prompt.Length > 1) => "invalid_request",
                _ when !Client.MayUse("authorization_code") => "unauthorized_client",
                // Without a method it would be `plain` (RFC 7636, 4.3). A challenge is 32 bytes, spelled in one way.
                _ when Of("code_challenge_method") != "S256" || Of("code_challenge") is not { } challenge || !RandomToken.IsOne(challenge) => "invalid_request",
                _ when scope.Count == 0 || scope.Except(Client.MayAskFor, StringComparer.Ordinal).Any() => "invalid_scope",
                _ => null,
            },
        };
    }

    private static bool IsPlain(string text) => text.Length <= Longest && text.All(c => c is >= ' ' and <= '~');
}
