using System.Text.Json;
using Sluice.Auth.Tests.Clients;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Provider;

/// <summary>openid-client, as published, finds everything by the issuer, signs a person in, checks what it gets, and is content.</summary>
public sealed class ProviderClientTests
{
    [Fact]
    public async Task Bar_60_a_published_client_goes_the_whole_way_from_discovery_to_signing_out()
    {
        PublishedClients.Require();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        var ada = await node.RegisterAsync(username: "ada");
        var (own, shop, phone) = (Application.Own(node) with { RedirectUri = Application.OwnUri.Split('?')[0] }, Application.Shop(node), Application.Phone(node));

        var answer = await PublishedClients.AskAsync("provider.mjs", new
        {
            issuer = TestNode.Issuer, address = node.Client.BaseAddress!.ToString().TrimEnd('/'), email = "ada@example.com", password = TestNode.Password,
            clients = new[] { Of(own, "own", null), Of(phone, "phone", null), Of(shop, "shop", Application.After) },
            alone = new { id = "nightly", secret = own.Secret }, service = new { id = "service", secret = own.Secret },
        });

        foreach (var name in new[] { "own", "phone", "shop" })
        {
            var got = answer.GetProperty(name);
            Assert.Equal(("OAUTH_INVALID_RESPONSE", "invalid_grant"), (got.GetProperty("mixedUp").GetString(), got.GetProperty("otherVerifier").GetString()));
            Assert.Equal((ada.UserId, "aal1"), (got.GetProperty("claims").GetProperty("sub").GetString(), got.GetProperty("claims").GetProperty("acr").GetString()));
            Assert.Equal(("ada", "ada@example.com"), (got.GetProperty("user").GetProperty("preferred_username").GetString(), got.GetProperty("user").GetProperty("email").GetString()));
            Assert.Equal(("openid profile email", true, ada.UserId), (got.GetProperty("refreshed").GetProperty("scope").GetString(), got.GetProperty("refreshed").GetProperty("rotated").GetBoolean(), got.GetProperty("refreshed").GetProperty("sub").GetString()));
            Assert.True(name == "phone" || (got.GetProperty("introspected").GetProperty("active").GetBoolean() && got.GetProperty("introspected").GetProperty("client_id").GetString() == name));
            Assert.Equal("invalid_grant", got.GetProperty("afterRevocation").GetString());
        }

        var signedOut = answer.GetProperty("shop").GetProperty("signedOut");
        Assert.Equal(($"{Application.After}?state=gone", false), (signedOut.GetProperty("to").GetString(), signedOut.GetProperty("hasSession").GetBoolean()));
        Assert.Equal("nightly", answer.GetProperty("alone").GetProperty("introspected").GetProperty("sub").GetString());
        Assert.Equal(JsonValueKind.True, answer.GetProperty("metadata").GetProperty("authorization_response_iss_parameter_supported").ValueKind);
    }

    private static object Of(Application client, string name, string? after) => new { name, id = client.Id, secret = client.Secret, redirectUri = client.RedirectUri, after };
}
