using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>GitHub: OAuth without ID tokens. Who it is, its API says; of the addresses only the primary one counts, and only when it is confirmed.</summary>
internal sealed class GitHubProvider(string name, ProviderOptions options, ProviderCalls calls) : Provider(name, options)
{
    private const int MostAddresses = 200;

    public override Task<Outcome<string>> AddressAsync(SignInAttempt attempt, string callback, CancellationToken cancellation) =>
        Task.FromResult<Outcome<string>>(Address($"{Options.Authority}/authorize", attempt, callback, "read:user user:email", withNonce: false));

    public override async Task<Outcome<ProviderAccount>> IdentifyAsync(string code, string? issuer, SignInAttempt attempt, string callback, CancellationToken cancellation)
    {
        if (issuer is not null && issuer != Options.Authority)
        {
            return IdentityRefusals.State;
        }

        var given = await GrantAsync(CodeForm(code, attempt, callback), cancellation);
        if (given.Value is not { } grant)
        {
            return given.Refusal == IdentityRefusals.Denied ? calls.Untrue(Name, "no token for its own code") : given.Refusal!;
        }

        var user = await calls.SendAsync(Name, Api(HttpMethod.Get, "/user", grant.AccessToken), cancellation);
        if (user.Value is not { } said)
        {
            return user.Refusal!;
        }

        // A number, and one that is nobody's is not accepted as somebody's.
        if (said.Status != 200 || ProviderAnswer.Member(said.Json, "id") is not { ValueKind: JsonValueKind.Number } number || !number.TryGetInt64(out var id) || id <= 0)
        {
            return calls.Untrue(Name, "a user without a number");
        }

        var emails = await calls.SendAsync(Name, Api(HttpMethod.Get, "/user/emails", grant.AccessToken), cancellation);
        if (emails.Value is not { } list)
        {
            return emails.Refusal!;
        }

        // 403 and 404: the owner let us see none. That is no lie, and enough for an account that is known.
        if (list.Status is not (200 or 403 or 404))
        {
            return calls.Untrue(Name, $"no addresses (status {list.Status})");
        }

        var email = list.Status == 200 ? Primary(list.Json) : null;
        return new ProviderAccount(Name, Options.Authority, id.ToString(CultureInfo.InvariantCulture), email, email is not null, said.Text("name")) { Grant = grant with { GitHubUserId = id } };
    }

    /// <summary>The next tokens.</summary>
    /// <returns>Refused as denied where GitHub says that the refresh token is none any more.</returns>
    public Task<Outcome<GitHubGrant>> RefreshAsync(string refreshToken, CancellationToken cancellation) =>
        GrantAsync(new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }, cancellation);

    /// <summary>Takes back what its owner has let us do, with every token.</summary>
    /// <returns>Null when GitHub knows; a token that it does not know any more is as good.</returns>
    public async Task<Refusal?> RevokeAsync(string accessToken, CancellationToken cancellation)
    {
        using var request = Api(HttpMethod.Delete, $"/applications/{Uri.EscapeDataString(Options.ClientId)}/grant", null);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Options.ClientId}:{Options.ClientSecret}")));
        request.Content = new StringContent(new JsonObject { ["access_token"] = accessToken }.ToJsonString(), Encoding.UTF8, "application/json");
        var answer = await calls.SendAsync(Name, request, cancellation);
        return answer.Value is not { } said ? answer.Refusal
            : said.Status is 204 or 404 or 422 ? null
            : calls.Untrue(Name, $"a refusal to revoke (status {said.Status})");
    }

    // GitHub answers 200 also where it refuses.
    private async Task<Outcome<GitHubGrant>> GrantAsync(Dictionary<string, string> form, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Options.Authority}/access_token");
        request.Headers.Accept.ParseAdd("application/json");
        (form["client_id"], form["client_secret"]) = (Options.ClientId, Options.ClientSecret);
        request.Content = new FormUrlEncodedContent(form);
        var answer = await calls.SendAsync(Name, request, cancellation);
        if (answer.Value is not { } said)
        {
            return answer.Refusal!;
        }

        if (said.Text("error") is "bad_refresh_token" or "bad_verification_code")
        {
            return IdentityRefusals.Denied;
        }

        if (said.Status != 200 || said.Text("access_token") is not { Length: > 0 } access)
        {
            return calls.Untrue(Name, "no token");
        }

        var lifetime = ProviderAnswer.Member(said.Json, "expires_in") is { ValueKind: JsonValueKind.Number } seconds && seconds.TryGetInt32(out var number) && number > 0 ? TimeSpan.FromSeconds(number) : (TimeSpan?)null;
        return new GitHubGrant(0, access, said.Text("refresh_token"), lifetime);
    }

    private HttpRequestMessage Api(HttpMethod method, string path, string? accessToken)
    {
        var request = new HttpRequestMessage(method, Options.ApiUrl.TrimEnd('/') + path);
        request.Headers.Accept.ParseAdd("application/vnd.github+json");
        request.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
        request.Headers.Authorization = accessToken is null ? null : new AuthenticationHeaderValue("Bearer", accessToken);
        return request;
    }

    private static string? Primary(JsonElement list) => list.ValueKind is not JsonValueKind.Array ? null : list.EnumerateArray().Take(MostAddresses)
        .Where(a => ProviderAnswer.Member(a, "primary").ValueKind is JsonValueKind.True && ProviderAnswer.Member(a, "verified").ValueKind is JsonValueKind.True)
        .Select(a => ProviderAnswer.Member(a, "email") is { ValueKind: JsonValueKind.String } email ? email.GetString() : null)
        .FirstOrDefault();
}
