using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Sluice.Auth.Factors;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Factors;

/// <summary>An account with an authenticator app, and what its owner does with it. Time passes as the test says.</summary>
internal sealed class App
{
    private readonly MovedClock clock;

    private App(MovedClock clock) => this.clock = clock;

    public required TestNode Node { get; init; }

    public required string Id { get; init; }

    public required string Secret { get; init; }

    /// <summary>The session that activated it.</summary>
    public SignedIn Session { get; private set; } = null!;

    public List<string> RecoveryCodes { get; private set; } = [];

    /// <summary>Registers an account and activates an app for it.</summary>
    public static async Task<App> NewAsync(TestNode node, MovedClock clock, string email = "ada@example.com") => await OfAsync(node, clock, await node.RegisterAsync(email));

    public static async Task<App> OfAsync(TestNode node, MovedClock clock, SignedIn owner)
    {
        var app = await EnrolAsync(node, clock, owner);
        await app.ActivateAsync(owner);
        return app;
    }

    /// <summary>As far as the picture: nothing is asked for yet.</summary>
    public static async Task<App> EnrolAsync(TestNode node, MovedClock clock, SignedIn owner)
    {
        var made = await ReadAsync(await node.PostAsync("me/factors", new { name = "telephone" }, owner.Access), HttpStatusCode.Created);
        return new App(clock) { Node = node, Id = (string)made["id"]!, Secret = (string)made["secret"]! };
    }

    public async Task ActivateAsync(SignedIn owner)
    {
        var activated = await ReadAsync(await Node.PostAsync($"me/factors/{Id}/activate", new { code = Code() }, owner.Access), HttpStatusCode.OK);
        Session = Of(activated["session"]!);
        RecoveryCodes = [.. activated["recoveryCodes"]?.AsArray().Select(c => (string)c!) ?? []];
    }

    /// <summary>What it shows now, or so many steps from now.</summary>
    public string Code(int steps = 0) => Totp.Code(Bytes(Secret), Totp.StepAt(clock.GetUtcNow()) + steps);

    /// <summary>What it shows next, when the one before is used up.</summary>
    public string NextCode()
    {
        clock.Move(TimeSpan.FromSeconds(Totp.StepSeconds));
        return Code();
    }

    /// <summary>The password, right; what is left is the second factor.</summary>
    public async Task<string> ChallengeAsync(string email = "ada@example.com", string password = TestNode.Password)
    {
        var asked = await ReadAsync(await Node.PostAsync("login", new { identifier = email, password }), HttpStatusCode.Unauthorized);
        Assert.Equal("mfa_required", (string)asked["code"]!);
        return (string)asked["mfaToken"]!;
    }

    public Task<HttpResponseMessage> AnswerAsync(string mfaToken, string code, TestNode? at = null) => (at ?? Node).PostAsync("login/mfa", new { mfaToken, code });

    public async Task<HttpStatusCode> TryAsync(string mfaToken, string code, TestNode? at = null)
    {
        using var response = await AnswerAsync(mfaToken, code, at);
        return response.StatusCode;
    }

    public async Task<HttpStatusCode> TryRecoveryCodeAsync(string mfaToken, string recoveryCode)
    {
        using var response = await Node.PostAsync("login/mfa", new { mfaToken, recoveryCode });
        return response.StatusCode;
    }

    /// <summary>Both halves.</summary>
    public async Task<SignedIn> LoginAsync(string email = "ada@example.com") => await SignedIn.OfAsync(await AnswerAsync(await ChallengeAsync(email), NextCode()), HttpStatusCode.OK);

    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(expected == response.StatusCode, $"{response.StatusCode}: {text}");
            return JsonNode.Parse(text)!;
        }
    }

    private static SignedIn Of(JsonNode session) => new((string)session["accessToken"]!, (string)session["refreshToken"]!, (string)session["user"]!["id"]!);

    // Not ours, that it may be wrong.
    private static byte[] Bytes(string base32)
    {
        var bits = string.Concat(base32.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(c => c.Length == 8).Select(c => Convert.ToByte(new string(c), 2))];
    }
}
