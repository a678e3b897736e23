namespace GitHubLogin;

/// <summary>As much of GitHub as a sign-in sees, for the check: whoever asks is the user whose number and addresses it was told.</summary>
internal static class GitHubStub
{
    public static async Task RunAsync(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(address);
        await using var app = builder.Build();
        var user = new User(1, []);

        app.MapPut("/_user", (User next) => { user = next; });
        app.MapGet("/login/oauth/authorize", (string client_id, string redirect_uri, string state, string code_challenge) =>
            Results.Redirect($"{redirect_uri}?code=of-{user.Id}&state={Uri.EscapeDataString(state)}"));
        app.MapPost("/login/oauth/access_token", (HttpRequest request) => Results.Json(new Dictionary<string, object>
        {
            ["access_token"] = $"ghu_{request.Form["code"]}", ["token_type"] = "bearer", ["expires_in"] = 28800, ["refresh_token"] = $"ghr_{request.Form["code"]}",
        }));
        app.MapGet("/user", () => new { id = user.Id, login = "somebody", name = "Some Body" });
        app.MapGet("/user/emails", () => user.Emails);
        await app.RunAsync();
    }

    private sealed record User(long Id, Email[] Emails);

    private sealed record Email(string email, bool primary, bool verified);
}
