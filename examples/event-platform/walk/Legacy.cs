namespace EventPlatform.Walk;

/// <summary>Clients of before the redesign, with the tokens that they have.</summary>
internal static class Legacy
{
    /// <summary>The access token is accepted still, and the refresh token goes on as one of ours.</summary>
    public static async Task WalkAsync(string program, string access, string refresh)
    {
        await using var at = await Platform.StartAsync(program);
        var old = new Person("old", "", access);
        (await old.GetAsync(at, "/rooms?mine=true")).Is(200, "an access token of before the redesign");
        (await (old with { Token = access + "x" }).GetAsync(at, "/rooms?mine=true")).Is(401, "one that nobody gave out");
        var refreshed = (await Person.Nobody.SendAsync(at, HttpMethod.Post, "/auth/v1/token/refresh", new { refreshToken = refresh })).Is(200, "a refresh token of before the redesign").Json!;
        (await (old with { Token = (string)refreshed["accessToken"]! }).GetAsync(at, "/rooms?mine=true")).Is(200, "the access token it brought");
        (await Person.Nobody.SendAsync(at, HttpMethod.Post, "/auth/v1/token/refresh", new { refreshToken = (string)refreshed["refreshToken"]! })).Is(200, "the refresh token it brought");
        (await Person.Nobody.SendAsync(at, HttpMethod.Post, "/auth/v1/token/refresh", new { refreshToken = refresh })).Is(401, "the old one again, when its successor was used");
        (await old.GetAsync(at, "/rooms?mine=true")).Is(401, "the old access token of a session that was stolen");
        Console.WriteLine("  ✓ an old access token is accepted, an old refresh token goes on as ours, and is of no use after that");
    }

    public static async Task WalkExpiredAsync(Platform at, string access)
    {
        (await new Person("old", "", access).GetAsync(at, "/rooms?mine=true")).Is(401, "an old access token a day later");
        Console.WriteLine("  ✓ a day later old access tokens are accepted no more");
    }
}
