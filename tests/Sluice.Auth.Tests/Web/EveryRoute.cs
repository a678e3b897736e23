using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Identities;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Web;
using Xunit;

namespace Sluice.Auth.Tests.Web;

/// <summary>Whatever is mapped, tomorrow too, in each way in which it can be asked: each text that it takes is a secret of its own.</summary>
internal sealed partial class EveryRoute(TestNode node, Func<Task<SignedIn>> newAdministrator, string clientId, string clientSecret, string mailSecret)
{
    // Where members exclude each other, or are no JSON's.
    private static readonly Dictionary<string, string[][]> Ways = new()
    {
        [AuthRoutes.LoginMfa] = [["mfaToken", "code", "newPassword"], ["mfaToken", "recoveryCode"]],
        [AuthRoutes.VerifyEmail] = [["token"], ["email", "code"]],
        [AuthRoutes.MailBounced] = [["email"], ["messageId"]],
        [AuthRoutes.RevokeToken] = [["token"]],
        [AuthRoutes.Introspect] = [["token"]],
        [AuthRoutes.Token] = [["grant_type", "code", "redirect_uri", "code_verifier"]],
        [AuthRoutes.AuthorizeForm] = [["step", "seal", "identifier", "password", "newPassword"], ["step", "seal", "mfaToken", "code"]],
        [AuthRoutes.EndSessionForm] = [["step", "seal"]],
    };

    private static readonly HashSet<string> OfClients = [AuthRoutes.RevokeToken, AuthRoutes.Introspect, AuthRoutes.Token];
    private static readonly HashSet<string> OfBrowsers = [AuthRoutes.AuthorizeForm, AuthRoutes.EndSessionForm];
    private static readonly HashSet<string> OfPages = [AuthRoutes.AcceptInvitation, AuthRoutes.VerifyEmail, AuthRoutes.ResetPassword, AuthRoutes.ConfirmEmail];

    // What says that a route has not come to what it was sent.
    private static readonly string[] Unread = ["invalid_token", "invalid_client", "invalid_mail_secret", "unsupported_media_type", "invalid_request", "is not the JSON"];

    private readonly List<string> secrets = [];

    /// <returns>What was sent and must be nowhere.</returns>
    public async Task<IReadOnlyList<string>> AskAsync()
    {
        foreach (var endpoint in node.AuthEndpoints)
        {
            var route = endpoint.Metadata.GetMetadata<RouteName>()!.Name;
            foreach (var members in Members(route, endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType))
            {
                foreach (var isForm in OfClients.Contains(route) || OfBrowsers.Contains(route) ? [true] : OfPages.Contains(route) ? [false, true] : (bool[])[false])
                {
                    // Some end the session that they are asked by: each has its own.
                    var owner = route.StartsWith("admin-", StringComparison.Ordinal) ? await newAdministrator() : await node.RegisterAsync($"{Guid.NewGuid():N}@example.com");
                    secrets.AddRange([owner.Access, owner.Refresh]);
                    var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{clientSecret}"));
                    var said = await AskAsync(endpoint, members, isForm, OfClients.Contains(route) ? new("Basic", basic) : new("Bearer", owner.Access), mailSecret);
                    Assert.True(!Unread.Any(u => said.Contains(u, StringComparison.Ordinal)), $"{route} ({string.Join(", ", members)}): {said}");
                    await AskAsync(endpoint, members, isForm, new("Bearer", NewSecret()), NewSecret());
                }
            }
        }

        return secrets;
    }

    private async Task<string> AskAsync(RouteEndpoint endpoint, string[] members, bool isForm, AuthenticationHeaderValue authorization, string mail)
    {
        var method = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0];
        var path = Parameter().Replace("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), m => m.Value == "{provider}" ? "stub" : Guid.NewGuid().ToString());
        var values = members.ToDictionary(m => m, Value);
        var lists = Lists(endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType);
        // Links in mails have their token in the address.
        using var request = new HttpRequestMessage(new HttpMethod(method), method is "GET" ? $"{path}?token={NewSecret()}{(OfProviders(endpoint) ? $"&code={NewSecret()}&state={NewSecret()}&codeChallenge={NewSecret()}&redirectUri={Uri.EscapeDataString(Browser.App)}" : "")}" : path);
        request.Content = method is "GET" ? null : isForm ? new FormUrlEncodedContent(values) : JsonContent.Create(values.ToDictionary(v => v.Key, v => lists.Contains(v.Key) ? (object)new[] { v.Value } : v.Value));
        request.Headers.Authorization = authorization;
        request.Headers.Add("Cookie", $"__Host-sluice-refresh={NewSecret()}; __Host-sluice-device={NewSecret()}");
        request.Headers.Add("Sluice-Mail-Secret", mail);
        using var response = await node.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var said = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode < 500, $"{method} {path}: {response.StatusCode}: {said}");
        // Whatever it refuses, the documents of the API say that it may.
        Assert.True(
            response.Content.Headers.ContentType?.MediaType is not "application/problem+json" || endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(p => p.StatusCode == (int)response.StatusCode),
            $"{method} {path} answers {response.StatusCode}, which its shape leaves out: {said}");
        return said;
    }

    private static bool OfProviders(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!.Contains("{provider}", StringComparison.Ordinal);

    private static string[][] Members(string route, Type? takes) => Ways.TryGetValue(route, out var ways)
        ? ways
        : [[.. Of(takes, typeof(string)), .. Lists(takes)]];

    private static string[] Lists(Type? takes) => Of(takes, typeof(string[]));

    private static string[] Of(Type? takes, Type type) => [.. takes?.GetProperties().Where(p => p.PropertyType == type).Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..]) ?? []];

    // An address, a name, and why somebody is locked are no secrets.
    private string Value(string member) => member switch
    {
        "messageId" => Guid.NewGuid().ToString(),
        "identifier" => "someone",
        "reason" => "asked for",
        "grant_type" => "authorization_code",
        _ when member.EndsWith("mail", StringComparison.OrdinalIgnoreCase) => $"{Guid.NewGuid():N}@example.com",
        _ when member.EndsWith("name", StringComparison.OrdinalIgnoreCase) => $"n{Guid.NewGuid():N}",
        _ => NewSecret(),
    };

    // In the form of our own tokens, that it is looked up.
    private string NewSecret()
    {
        var secret = "Kanarie" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(18));
        secrets.Add(secret);
        return secret;
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
