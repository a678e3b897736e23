using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventPlatform.Walk;

/// <summary>Every list, its first page and one from the middle, with and without each filter: the plan of each statement that the server sends, as auto_explain
/// tells it to the server itself, reads a page and not the table.</summary>
internal static class Lists
{
    // Of a room with a few hundred who can win, and pages of fifty with their joins.
    private const double MostRows = 5000;

    // Far fewer than the rooms that the owner is in, of which a page must not read all.
    private const double MostOfMine = 500;

    private const string OfGuest = "/rooms?mine=true&limit=10";

    // PostgreSQL makes a plan for any values after five with the values.
    private const int Times = 7;

    public static async Task WalkAsync(string program, string fill, int rows)
    {
        var plans = new List<JsonNode>();
        await using var at = await Platform.StartAsync(program, line => Read(line, plans), ("Logging__LogLevel__EventPlatform.Notices", "Debug"), ("Logging__Console__FormatterName", "json"));
        var filled = await Filled.MakeAsync(at, fill, rows);
        var (owner, middle) = (filled.Owner, rows / 2);
        // In two rooms only, both of them large.
        var guest = await at.RegisterAsync("guest");
        (await guest.PostAsync(at, $"/rooms/{filled.Room}/join")).Is(200, "a guest");
        (await guest.PostAsync(at, $"/rooms/{filled.Few}/join")).Is(200, "a guest");
        // How the ids of what is deep in it begin; null where there is one page.
        (string Path, string? Begin)[] lists =
        [
            ("/rooms?mine=true", "cload"), ("/rooms?mine=true&status=ACTIVE", "cload"), ("/rooms?mine=true&status=CANCELLED", "cload"), (OfGuest, null),
            ("/apps?limit=50", "cload"),
            ("/rooms?limit=50", "cload"), ("/rooms?status=ACTIVE", "cload"), ("/rooms?status=CANCELLED", "cload"), ("/rooms?appId=load-1", "cload"), ("/rooms?appId=load-2", "cload"),
            ("/rooms?status=COMPLETED&appId=load-1", "cload"),
            ($"/rooms/{filled.Room}/participants?limit=50", "cload"), ($"/rooms/{filled.Room}/participants?role=PARTICIPANT", "cload"), ($"/rooms/{filled.Room}/participants?role=MODERATOR", "cload"),
            ($"/rooms/{filled.Few}/winners?limit=50", "cload"), ($"/rooms/{filled.Few}/winners?prizeId={filled.FewPrize}", "cload"),
            ($"/rooms/{filled.Few}/prizes/{filled.DrawnPrize}/draws?limit=50", ""), ($"/rooms/{filled.Room}/prizes", null),
        ];
        var looked = 0;
        foreach (var (path, begin) in lists)
        {
            var deep = begin is { Length: > 0 } ? Filled.Id(middle, begin) : middle.ToString(System.Globalization.CultureInfo.InvariantCulture);
            foreach (var page in begin is null ? [path] : new[] { path, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={deep}" })
            {
                await WholeAsync(at, owner, plans);
                lock (plans)
                {
                    plans.Clear();
                }

                for (var i = 0; i < Times; i++)
                {
                    var answer = (await (page == OfGuest ? guest : owner).GetAsync(at, page)).Is(200, page).Json!;
                    if ((answer is JsonArray array ? array : answer["items"]!.AsArray()).Count == 0)
                    {
                        throw new Unexpected($"{page} is empty");
                    }
                }

                await WholeAsync(at, owner, plans);
                looked += Judge(page, plans, rows);
            }
        }

        await MineAsync(at, owner, guest, filled, rows);
        Console.WriteLine($"  ✓ {lists.Length} lists, first pages and pages deep in {rows:#,0} rows: {looked} plans, none reads more than {MostRows:#,0} rows or sorts a table");
    }

    /// <summary>Page after page every room of one's own comes once, also where a page has none, and none that one has left.</summary>
    private static async Task MineAsync(Platform at, Person owner, Person guest, Filled filled, int rows)
    {
        var came = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = (await owner.GetAsync(at, $"/rooms?mine=true&status=CANCELLED&limit=1{(after.Length > 0 ? $"&after={after}" : "")}")).Is(200, "a page").Json!;
            came.AddRange(page["items"]!.AsArray().Select(r => (string)r!["id"]!));
            after = (string?)page["next"];
        }

        var cancelled = Enumerable.Range(1, rows).Reverse().Where(n => n % 10 == 1 && n % 997 == 0).Select(n => Filled.Id(n));
        if (!came.SequenceEqual(cancelled))
        {
            throw new Unexpected($"one's own cancelled rooms are {string.Join(", ", came)}");
        }

        (await guest.PostAsync(at, $"/rooms/{filled.Few}/leave")).Is(204, "the guest leaves");
        var stayed = (await guest.GetAsync(at, OfGuest)).Is(200, "the others").Json!["items"]!.AsArray();
        if (stayed.Count != 1 || (string)stayed[0]!["id"]! != filled.Room)
        {
            throw new Unexpected($"the guest is in {stayed.ToJsonString()}");
        }
    }

    // The server's log is a JSON object a line; the plan is in the notice that auto_explain sends.
    private static void Read(string line, List<JsonNode> plans)
    {
        if (!line.Contains("Query Text", StringComparison.Ordinal))
        {
            return;
        }

        var message = (string)JsonNode.Parse(line)!["Message"]!;
        lock (plans)
        {
            plans.Add(JsonNode.Parse(message[message.IndexOf('{', StringComparison.Ordinal)..(message.LastIndexOf('}') + 1)])!);
        }
    }

    /// <summary>The log comes behind the answers: once the plan of one app's query is there, the ones before it are.</summary>
    private static async Task WholeAsync(Platform at, Person owner, List<JsonNode> plans)
    {
        await owner.GetAsync(at, "/apps/the-log-is-here");
        for (var until = DateTime.UtcNow + Platform.Patience; ; await Task.Delay(10))
        {
            lock (plans)
            {
                if (plans.Exists(IsOfOneApp))
                {
                    plans.RemoveAll(IsOfOneApp);
                    return;
                }
            }

            if (DateTime.UtcNow > until)
            {
                throw new Unexpected("the server's log has no plans");
            }
        }

        static bool IsOfOneApp(JsonNode plan) => (string)plan["Query Text"]! is var text && text.Contains("manifest", StringComparison.Ordinal) && text.Contains("\"appId\" = ", StringComparison.Ordinal) && !text.Contains("rooms", StringComparison.Ordinal);
    }

    private static int Judge(string page, List<JsonNode> plans, int rows)
    {
        var most = page.Contains("mine=true", StringComparison.Ordinal) ? MostOfMine : MostRows;
        lock (plans)
        {
            if (plans.Count < Times)
            {
                throw new Unexpected($"{page}: {plans.Count} plans in the server's log");
            }

            foreach (var plan in plans)
            {
                foreach (var node in Nodes(plan["Plan"]!))
                {
                    var kind = (string)node["Node Type"]!;
                    var read = (Number(node, "Actual Rows") + Number(node, "Rows Removed by Filter") + Number(node, "Rows Removed by Index Recheck") + Number(node, "Rows Removed by Join Filter")) * Math.Max(1, Number(node, "Actual Loops"));
                    if (read > most || (kind == "Seq Scan" && read > rows / 2.0) || (kind.Contains("Sort", StringComparison.Ordinal) && read > MostRows / 10))
                    {
                        throw new Unexpected($"{page}: {kind} of {read:#,0} rows\n{plan["Query Text"]}\n{plan["Plan"]!.ToJsonString(new JsonSerializerOptions { WriteIndented = true })}");
                    }
                }
            }

            return plans.Count;
        }
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => (node["Plans"]?.AsArray() ?? []).SelectMany(n => Nodes(n!)).Append(node);

    private static double Number(JsonNode node, string name) => (double?)node[name] ?? 0;
}
