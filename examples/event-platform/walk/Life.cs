using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace EventPlatform.Walk;

/// <summary>A room from draft to completion, and in it each of the five roles at each thing that can be done.</summary>
internal static class Life
{
    private static readonly string[] Roles = ["ADMIN", "ORGANIZER", "MODERATOR", "PARTICIPANT", "VIEWER"];

    public static async Task WalkAsync(Platform at)
    {
        var people = new Dictionary<string, Person>();
        foreach (var role in Roles)
        {
            people[role] = await at.RegisterAsync(role.ToLowerInvariant());
        }

        var (stranger, owner) = (await at.RegisterAsync("stranger"), people["ADMIN"]);
        (await owner.PostAsync(at, "/apps", new { appId = "x", name = "x", manifest = new { entry = "/" } })).Is(403, "an app by who is no administrator of the platform");
        (await Person.Nobody.PostAsync(at, "/rooms", new { appId = "lucky-draw", title = "Gala", isPublic = true })).Is(401, "a room by nobody");

        var room = (await owner.PostAsync(at, "/rooms", new { appId = "lucky-draw", title = "Gala", isPublic = true })).Is(201, "a room is made").Id;
        (await stranger.GetAsync(at, $"/rooms/{room}")).Is(404, "a draft is not shown");
        (await stranger.PostAsync(at, $"/rooms/{room}/join")).Is(404, "nor joined");
        var prize = (await owner.PostAsync(at, $"/rooms/{room}/prizes", new { name = "Bicycle", quantity = 2, metadata = new { sponsor = "Wheels" } })).Is(201, "a prize is added");
        var commitment = (string)prize.Json!["commitment"]!;
        (await owner.PostAsync(at, $"/rooms/{room}/prizes/{prize.Id}/draw")).Is(409, "no draw before the room is published");
        (await owner.PostAsync(at, $"/rooms/{room}/complete")).Is(409, "a draft is not completed");
        (await owner.PostAsync(at, $"/rooms/{room}/publish")).Is(200, "published");
        (await owner.PostAsync(at, $"/rooms/{room}/publish")).Is(409, "not twice");
        Said("a room is drafted and published, and moves only as it may");

        var seats = new Dictionary<string, string>();
        foreach (var role in Roles[1..])
        {
            var seat = (await people[role].PostAsync(at, $"/rooms/{room}/join", new { role = role == "VIEWER" ? "VIEWER" : "PARTICIPANT" })).Is(200, $"{role} joins").Id;
            (await owner.PatchAsync(at, $"/rooms/{room}/participants/{seat}", new { role })).Is(200, $"is made {role}");
            seats[role] = seat;
        }

        (await stranger.PostAsync(at, $"/rooms/{room}/join", new { role = "ADMIN" })).Is(403, "nobody joins as ADMIN");
        await EveryRoleAsync(at, room, people, stranger);
        await DrawAsync(at, room, prize.Id, commitment, people);
        await LeaveAsync(at, room, people, seats);

        (await people["PARTICIPANT"].PostAsync(at, $"/rooms/{room}/complete")).Is(403, "who takes part completes nothing");
        (await people["ORGANIZER"].PostAsync(at, $"/rooms/{room}/complete")).Is(200, "completed");
        (await owner.PostAsync(at, $"/rooms/{room}/cancel")).Is(409, "what is complete is not cancelled");
        (await stranger.PostAsync(at, $"/rooms/{room}/join")).Is(409, "nor joined");
        (await owner.PostAsync(at, $"/rooms/{room}/prizes/{prize.Id}/draw")).Is(409, "nor drawn in");
        Said("it is completed, and stays as it was");
    }

    private static void Said(string what) => Console.WriteLine($"  ✓ {what}");

    /// <summary>README.md's table. A thing that is allowed is done to something made for it.</summary>
    private static async Task EveryRoleAsync(Platform at, string room, Dictionary<string, Person> people, Person stranger)
    {
        var owner = people["ADMIN"];
        (string What, string Allowed, Func<Person, Task<Answer>> Do)[] table =
        [
            ("sees who is there", "ADMIN ORGANIZER MODERATOR PARTICIPANT VIEWER", p => p.GetAsync(at, $"/rooms/{room}/participants")),
            ("sees prizes and winners", "ADMIN ORGANIZER MODERATOR PARTICIPANT VIEWER stranger", p => p.GetAsync(at, $"/rooms/{room}/winners")),
            ("changes the room", "ADMIN ORGANIZER", p => p.PatchAsync(at, $"/rooms/{room}", new { description = $"by {p.Name}" })),
            ("adds a prize", "ADMIN ORGANIZER", p => p.PostAsync(at, $"/rooms/{room}/prizes", new { name = $"Of {p.Name}" })),
            ("changes a prize", "ADMIN ORGANIZER", async p => await p.PatchAsync(at, $"/rooms/{room}/prizes/{await PrizeAsync()}", new { quantity = 3 })),
            ("removes a prize", "ADMIN ORGANIZER", async p => await p.DeleteAsync(at, $"/rooms/{room}/prizes/{await PrizeAsync()}")),
            ("brings in a participant", "ADMIN ORGANIZER MODERATOR", async p => await p.PostAsync(at, $"/rooms/{room}/participants", new { userId = (await at.RegisterAsync("guest")).Id, role = "PARTICIPANT" })),
            ("brings in a moderator", "ADMIN ORGANIZER", async p => await p.PostAsync(at, $"/rooms/{room}/participants", new { userId = (await at.RegisterAsync("helper")).Id, role = "MODERATOR" })),
            ("sends out a viewer", "ADMIN ORGANIZER MODERATOR", async p => await p.DeleteAsync(at, $"/rooms/{room}/participants/{await SeatAsync("VIEWER")}")),
            ("sends out a moderator", "ADMIN ORGANIZER", async p => await p.DeleteAsync(at, $"/rooms/{room}/participants/{await SeatAsync("MODERATOR")}")),
            ("makes a participant a moderator", "ADMIN ORGANIZER", async p => await p.PatchAsync(at, $"/rooms/{room}/participants/{await SeatAsync("PARTICIPANT")}", new { role = "MODERATOR" })),
            ("makes an organizer", "ADMIN", async p => await p.PatchAsync(at, $"/rooms/{room}/participants/{await SeatAsync("PARTICIPANT")}", new { role = "ORGANIZER" })),
            ("draws", "ADMIN ORGANIZER", async p => await p.PostAsync(at, $"/rooms/{room}/prizes/{await PrizeAsync()}/draw")),
        ];
        foreach (var (what, allowed, act) in table)
        {
            foreach (var (role, person) in people.Append(new("stranger", stranger)))
            {
                var status = (await act(person)).Status;
                var isAllowed = allowed.Split(' ').Contains(role);
                if (isAllowed != status is 200 or 201 or 204 || (!isAllowed && status is not (403 or 404)))
                {
                    throw new Unexpected($"{role} {what}: {status}");
                }
            }

            Said($"{what}: {allowed.ToLowerInvariant().Replace(" ", ", ", StringComparison.Ordinal)}, and nobody else");
        }

        async Task<string> PrizeAsync() => (await owner.PostAsync(at, $"/rooms/{room}/prizes", new { name = "One more" })).Is(201, "a prize more").Id;

        async Task<string> SeatAsync(string role) =>
            (await owner.PostAsync(at, $"/rooms/{room}/participants", new { userId = (await at.RegisterAsync("guest")).Id, role })).Is(201, "a guest more").Id;
    }

    private static async Task DrawAsync(Platform at, string room, string prize, string commitment, Dictionary<string, Person> people)
    {
        var organizer = people["ORGANIZER"];
        var key = Guid.NewGuid().ToString();
        var drawn = (await organizer.PostAsync(at, $"/rooms/{room}/prizes/{prize}/draw", new { count = 5 }, key)).Is(200, "a draw");
        var again = (await organizer.PostAsync(at, $"/rooms/{room}/prizes/{prize}/draw", new { count = 5 }, key)).Is(200, "the same request again");
        if (drawn.Text != again.Text || drawn.Json!["winners"]!.AsArray().Count != 2)
        {
            throw new Unexpected($"a draw of more than there are, sent twice: {drawn.Text} {again.Text}");
        }

        (await organizer.PostAsync(at, $"/rooms/{room}/prizes/{prize}/draw")).Is(409, "nothing is left of the prize");
        var seed = Convert.FromHexString((string)drawn.Json!["draw"]!["seed"]!);
        if ((string)drawn.Json["draw"]!["commitment"]! != commitment || Convert.ToHexStringLower(SHA256.HashData(seed)) != commitment)
        {
            throw new Unexpected("the seed is not that of the commitment");
        }

        // With every ticket's holder known, the first that can win are the winners. Who had won before or is no participant is passed over.
        var page = (await organizer.GetAsync(at, $"/rooms/{room}/participants?role=PARTICIPANT&limit=200")).Is(200, "participants").Json!["items"]!.AsArray();
        var all = (await organizer.GetAsync(at, $"/rooms/{room}/winners?limit=200")).Is(200, "winners").Json!["items"]!.AsArray();
        var before = all.Where(w => (string)w!["prizeId"]! != prize).Select(w => (string)w!["participantId"]!).ToHashSet();
        var holders = page.Where(p => !before.Contains((string)p!["id"]!)).ToDictionary(p => (int)p!["ticket"]!, p => (string)p!["id"]!);
        var expected = Numbers(seed, (int)drawn.Json["draw"]!["tickets"]!).Where(holders.ContainsKey).Distinct().Take(2).Select(n => holders[n]);
        if (!expected.SequenceEqual(drawn.Json["winners"]!.AsArray().Select(w => (string)w!["participantId"]!)))
        {
            throw new Unexpected("the draw, done again from the seed, has other winners");
        }

        Said("a draw of too many draws what is left, once for one key, and comes out the same from the seed that was promised");

        var winner = (string)drawn.Json["winners"]![0]!["id"]!;
        (await people["MODERATOR"].DeleteAsync(at, $"/rooms/{room}/winners/{winner}")).Is(403, "a moderator revokes nothing");
        (await organizer.DeleteAsync(at, $"/rooms/{room}/winners/{winner}")).Is(204, "revoked");
        (await organizer.DeleteAsync(at, $"/rooms/{room}/prizes/{prize}")).Is(409, "a prize with winners stays");
        await (await at.RegisterAsync("late")).PostAsync(at, $"/rooms/{room}/join");
        var redrawn = (await organizer.PostAsync(at, $"/rooms/{room}/prizes/{prize}/draw")).Is(200, "drawn again").Json!["winners"]!.AsArray();
        if (drawn.Json["winners"]!.AsArray().Any(w => (string)w!["participantId"]! == (string)redrawn.Single()!["participantId"]!))
        {
            throw new Unexpected("who lost the prize, or has the other, has won again");
        }

        Said("what is revoked is drawn again, for somebody else");
    }

    /// <summary>The README's, written anew.</summary>
    private static IEnumerable<int> Numbers(byte[] seed, int tickets)
    {
        for (ulong n = 0; ; n++)
        {
            var counter = BitConverter.GetBytes(n);
            Array.Reverse(counter);
            var first = HMACSHA256.HashData(seed, counter)[..8];
            Array.Reverse(first);
            var (value, all) = ((UInt128)BitConverter.ToUInt64(first), UInt128.One << 64);
            if (value < all - (all % (UInt128)tickets))
            {
                yield return (int)(value % (UInt128)tickets) + 1;
            }
        }
    }

    private static async Task LeaveAsync(Platform at, string room, Dictionary<string, Person> people, Dictionary<string, string> seats)
    {
        var who = people["PARTICIPANT"];
        var first = (await who.PostAsync(at, $"/rooms/{room}/join")).Is(200, "who is there joins again and nothing happens").Json!["ticket"]!;
        (await who.PostAsync(at, $"/rooms/{room}/leave")).Is(204, "leaves");
        (await who.GetAsync(at, $"/rooms/{room}/participants")).Is(404, "and sees the people no more");
        var back = (await who.PostAsync(at, $"/rooms/{room}/join")).Is(200, "comes back").Json!;
        if (!JsonNode.DeepEquals(first, back["ticket"]))
        {
            throw new Unexpected("who came back has another ticket");
        }

        (await people["ADMIN"].PostAsync(at, $"/rooms/{room}/leave")).Is(409, "the last admin does not leave");
        (await people["MODERATOR"].DeleteAsync(at, $"/rooms/{room}/participants/{seats["VIEWER"]}")).Is(204, "the viewer is sent out");
        (await people["VIEWER"].PostAsync(at, $"/rooms/{room}/join")).Is(403, "and does not come back");
        Said("who leaves comes back with the same ticket, who was sent out does not");
    }
}
