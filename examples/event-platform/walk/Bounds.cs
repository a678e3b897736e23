namespace EventPlatform.Walk;

/// <summary>What is too long, too many, or not for the one who asks any more.</summary>
internal static class Bounds
{
    public static async Task WalkAsync(Platform at, string program)
    {
        var (owner, guest) = (await at.RegisterAsync("owner"), await at.RegisterAsync("guest"));
        var room = await SentOutAsync(at, owner, guest);
        await FullAsync(program, owner, guest, room);
        await TooLongAsync(at, owner);
    }

    private static async Task<string> SentOutAsync(Platform at, Person owner, Person guest)
    {
        var room = (await owner.PostAsync(at, "/rooms", new { appId = "lucky-draw", title = "Private", isPublic = false })).Is(201, "a private room").Id;
        (await owner.PostAsync(at, $"/rooms/{room}/publish")).Is(200, "published");
        var seat = (await owner.PostAsync(at, $"/rooms/{room}/participants", new { userId = guest.Id, role = "PARTICIPANT" })).Is(201, "a guest").Id;

        using (var mine = await Stream.OpenAsync(at, guest, room))
        using (var theirs = await Stream.OpenAsync(at, owner, room))
        {
            (await owner.PatchAsync(at, $"/rooms/{room}", new { description = "seen by both" })).Is(200, "a change");
            await mine.UntilAsync("room_changed");
            await theirs.UntilAsync("room_changed");
            (await owner.DeleteAsync(at, $"/rooms/{room}/participants/{seat}")).Is(204, "the guest is sent out");
            await theirs.UntilAsync("left");
            await mine.EndsAsync();
            (await owner.PatchAsync(at, $"/rooms/{room}", new { description = "seen by one" })).Is(200, "a change");
            await theirs.UntilAsync("room_changed");
        }

        Console.WriteLine("  ✓ who is sent out of a private room hears no more of it, the others do");
        return room;
    }

    /// <summary>On a server of its own, on which nothing else watches.</summary>
    private static async Task FullAsync(string program, Person owner, Person guest, string room)
    {
        await using var at = await Platform.StartAsync(program, null, ("LIVE_PER_ROOM", "3"), ("LIVE_PER_ADDRESS", "5"), ("LIVE_HEARTBEAT", "00:00:00.2"));
        var open = (await owner.PostAsync(at, "/rooms", new { appId = "lucky-draw", title = "Open", isPublic = true })).Is(201, "a room").Id;
        (await owner.PostAsync(at, $"/rooms/{open}/publish")).Is(200, "published");
        var streams = new List<Stream>();
        for (var i = 0; i < 3; i++)
        {
            streams.Add(await Stream.OpenAsync(at, guest, open));
        }

        await Task.WhenAll(streams.Select(s => s.BeatsAsync(3)));
        Console.WriteLine("  ✓ a stream on which nothing happens says so from time to time");
        await Stream.RefusedAsync(at, guest, open, 503, "too_many_watchers");
        streams.Add(await Stream.OpenAsync(at, owner, room));
        streams.Add(await Stream.OpenAsync(at, owner, room));
        await Stream.RefusedAsync(at, owner, room, 429, "too_many_streams");
        streams.ForEach(s => s.Dispose());
        // The server notices on its own time that somebody hung up.
        for (var until = DateTime.UtcNow + Platform.Patience; ; await Task.Delay(50))
        {
            try
            {
                using var again = await Stream.OpenAsync(at, guest, open);
                break;
            }
            catch (Unexpected) when (DateTime.UtcNow < until)
            {
            }
        }

        Console.WriteLine("  ✓ a room has so many watchers, a network address so many streams; the next is told when to come again, and a place that is given back is taken");
    }

    private static async Task TooLongAsync(Platform at, Person owner)
    {
        var open = (await owner.PostAsync(at, "/rooms", new { appId = "lucky-draw", title = "Long", isPublic = true })).Is(201, "a room").Id;
        var (text, big) = (new string('x', 4001), new { text = new string('x', 17_000) });
        (string Field, object Body)[] tooLong =
        [
            ("description", new { name = "x", description = text }), ("imageUrl", new { name = "x", imageUrl = "https://example.com/" + text }),
            ("imageUrl", new { name = "x", imageUrl = "javascript:alert(1)" }), ("metadata", new { name = "x", metadata = big }),
        ];
        var prize = (await owner.PostAsync(at, $"/rooms/{open}/prizes", new { name = "x", description = text[1..], imageUrl = "https://example.com/x.png", metadata = new { a = 1 } })).Is(201, "a prize as long as may be").Id;
        foreach (var (field, body) in tooLong)
        {
            Refuses(await owner.PostAsync(at, $"/rooms/{open}/prizes", body), field);
            Refuses(await owner.PatchAsync(at, $"/rooms/{open}/prizes/{prize}", body), field);
        }

        Refuses(await owner.PostAsync(at, "/rooms", new { appId = "lucky-draw", title = "x", isPublic = true, description = text }), "description");
        Refuses(await owner.PatchAsync(at, $"/rooms/{open}", new { description = text }), "description");
        Refuses(await owner.PatchAsync(at, $"/rooms/{open}", new { appSettings = big }), "appSettings");
        Console.WriteLine("  ✓ what is too long is refused with the name of its field");
    }

    private static void Refuses(Answer answer, string field)
    {
        answer.Is(422, $"a {field} that is too long");
        if ((string?)answer.Json!["code"] != $"{field}_invalid" || !((string)answer.Json["title"]!).Contains($"`{field}`", StringComparison.Ordinal))
        {
            throw new Unexpected($"a {field} that is too long: {answer.Text}");
        }
    }

    /// <summary>The events of a room as a client reads them.</summary>
    private sealed class Stream(HttpResponseMessage response, StreamReader lines) : IDisposable
    {
        public static async Task<Stream> OpenAsync(Platform at, Person who, string room)
        {
            var response = await GetAsync(at, who, room);
            if (!response.IsSuccessStatusCode)
            {
                throw new Unexpected($"events: {(int)response.StatusCode}");
            }

            var stream = new Stream(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
            await stream.UntilAsync("watching");
            return stream;
        }

        public static async Task RefusedAsync(Platform at, Person who, string room, int status, string code)
        {
            using var response = await GetAsync(at, who, room);
            var text = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode != status || !text.Contains(code, StringComparison.Ordinal) || response.Headers.RetryAfter is null)
            {
                throw new Unexpected($"one stream too many: {(int)response.StatusCode}, not {status} {code} with Retry-After: {text}");
            }
        }

        public async Task UntilAsync(string type)
        {
            while (await lines.ReadLineAsync().WaitAsync(Platform.Patience) is { } line)
            {
                if (line == $"event: {type}")
                {
                    return;
                }
            }

            throw new Unexpected($"the events ended before `{type}`");
        }

        public async Task BeatsAsync(int times)
        {
            for (string? line; times > 0; times -= line == ":" ? 1 : 0)
            {
                line = await lines.ReadLineAsync().WaitAsync(Platform.Patience);
                if (line is null || line.StartsWith("event:", StringComparison.Ordinal))
                {
                    throw new Unexpected($"no heartbeat but: {line}");
                }
            }
        }

        public async Task EndsAsync()
        {
            while (await lines.ReadLineAsync().WaitAsync(Platform.Patience) is { } line)
            {
                if (line.StartsWith("event:", StringComparison.Ordinal))
                {
                    throw new Unexpected($"who was sent out is told: {line}");
                }
            }
        }

        public void Dispose()
        {
            lines.Dispose();
            response.Dispose();
        }

        private static async Task<HttpResponseMessage> GetAsync(Platform at, Person who, string room)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/api/v1/rooms/{room}/events", UriKind.Relative));
            request.Headers.Authorization = new("Bearer", who.Token);
            return await at.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }
    }
}
