namespace EventPlatform.Walk;

/// <summary>A hundred draws, joins and cancellations at the same moment, on two servers, one of which is killed among them.</summary>
internal static class Crowd
{
    private const int People = 60;
    private const int Quantity = 25;

    /// <param name="two">The one that stays.</param>
    public static async Task WalkAsync(Platform two, string program)
    {
        // It is the one that is killed; its keys are free again after this long.
        await using var one = await Platform.StartAsync(program, null, ("SluiceAuth__Idempotency__Lease", "00:00:05"));
        var owner = await one.RegisterAsync("owner");
        var crowd = await Task.WhenAll(Enumerable.Range(0, People).Select(i => one.RegisterAsync($"guest-{i}")));
        var room = (await owner.PostAsync(one, "/rooms", new { appId = "lucky-draw", title = "Crowd", isPublic = true, maxParticipants = People - 10 })).Is(201, "a room").Id;
        var prize = (await owner.PostAsync(one, $"/rooms/{room}/prizes", new { name = "Voucher", quantity = Quantity })).Is(201, "a prize").Id;
        (await owner.PostAsync(one, $"/rooms/{room}/publish")).Is(200, "published");
        // Some are there from the beginning, so that draws have winners.
        foreach (var early in crowd[..15])
        {
            (await early.PostAsync(one, $"/rooms/{room}/join")).Is(200, "joins");
        }

        var promised = new List<string>();
        var joins = crowd[15..].SelectMany((p, i) => new[] { JoinAsync(p, i % 2 == 0 ? one : two), JoinAsync(p, two) });
        var draws = Enumerable.Range(0, 100).Select(i => DrawAsync(i % 2 == 0 ? one : two));
        var killing = Task.Run(async () =>
        {
            await Task.Delay(150);
            one.Kill();
        });
        var cancelling = CancelAsync();
        await Task.WhenAll([.. joins, .. draws, killing, cancelling]);

        var people = await PagesAsync($"/rooms/{room}/participants?limit=200");
        var winners = await PagesAsync($"/rooms/{room}/winners?limit=200");
        var list = winners.Select(w => (string)w["participantId"]!).ToList();
        Must(people.Count <= People - 10, $"{people.Count} in a room for {People - 10}");
        Must(people.Select(p => (string)p["userId"]!).Distinct().Count() == people.Count, "somebody is in the room twice");
        Must(people.Select(p => (int)p["ticket"]!).Distinct().Count() == people.Count, "two have the same ticket");
        Must(list.Count <= Quantity, $"{list.Count} winners of {Quantity} prizes");
        Must(list.Distinct().Count() == list.Count, "somebody has won twice");
        Must(promised.TrueForAll(winners.Select(w => (string)w["id"]!).Contains), "a winner who was told is not in the list");
        Must((string)(await owner.GetAsync(two, $"/rooms/{room}")).Json!["status"]! == "CANCELLED", "the room was cancelled");
        (await owner.PostAsync(two, $"/rooms/{room}/prizes/{prize}/draw")).Is(409, "a cancelled room draws no more");
        Console.WriteLine($"  ✓ 100 draws, {2 * (People - 15)} joins and a cancellation at once, a server killed: {people.Count} are in, {list.Count} have won, {promised.Count} were told so; nobody twice, nobody lost");

        // What a killed server left unanswered is sent again to the other, with the same key, as a client does.
        async Task<Answer?> SureAsync(Person who, Platform first, string path, object? body)
        {
            var (key, at) = (Guid.NewGuid().ToString(), first);
            for (var until = DateTime.UtcNow + Platform.Patience; DateTime.UtcNow < until;)
            {
                try
                {
                    var answer = await who.PostAsync(at, path, body, key);
                    if (answer.Status is not (503 or 409) || answer.Json?["code"] is not { } code || (string)code! is not ("idempotency_key_in_flight" or "database_unavailable"))
                    {
                        return answer;
                    }
                }
                catch (HttpRequestException)
                {
                    at = two;
                }

                await Task.Delay(100);
            }

            throw new Unexpected($"no answer to {path}");
        }

        async Task JoinAsync(Person who, Platform at)
        {
            var answer = (await SureAsync(who, at, $"/rooms/{room}/join", new { }))!;
            Must(answer.Status is 200 or 409, $"a join: {answer.Status} {answer.Text}");
        }

        async Task DrawAsync(Platform at)
        {
            var answer = (await SureAsync(owner, at, $"/rooms/{room}/prizes/{prize}/draw", new { }))!;
            Must(answer.Status is 200 or 409, $"a draw: {answer.Status} {answer.Text}");
            if (answer.Status == 200)
            {
                lock (promised)
                {
                    promised.AddRange(answer.Json!["winners"]!.AsArray().Select(w => (string)w!["id"]!));
                }
            }
        }

        async Task CancelAsync()
        {
            await Task.Delay(1500);
            (await SureAsync(owner, two, $"/rooms/{room}/cancel", new { }))!.Is(200, "cancelled");
        }

        async Task<List<System.Text.Json.Nodes.JsonNode>> PagesAsync(string path)
        {
            var (items, next) = (new List<System.Text.Json.Nodes.JsonNode>(), (string?)null);
            do
            {
                var page = (await owner.GetAsync(two, path + (next is null ? "" : $"&after={next}"))).Is(200, path).Json!;
                items.AddRange(page["items"]!.AsArray().Select(i => i!));
                next = (string?)page["next"];
            }
            while (next is not null);

            return items;
        }
    }

    private static void Must(bool holds, string what)
    {
        if (!holds)
        {
            throw new Unexpected(what);
        }
    }
}
