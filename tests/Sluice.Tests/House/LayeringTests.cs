using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Tests.House;

/// <summary>Rooms only look back: a folder may use the folders listed before it and no other (ARCHITECTURE.md).</summary>
public sealed class LayeringTests
{
    // One entry a room, in order. `without` names earlier rooms that this one must not know either.
    private static readonly (string Project, string Namespace, (string Room, string[] Without)[] Rooms)[] Houses =
    [
        ("src/Sluice", "Sluice",
        [
            ("Text", []), ("Diagnostics", []), ("Syntax", []), ("Model", []), ("Catalog", []),
            ("Diff", []), ("Introspection", []), ("Plan", ["Introspection"]), ("Sql", ["Introspection"]), ("Lint", ["Introspection", "Diff"]), ("Online", ["Introspection"]), ("CodeGen", ["Introspection", "Lint", "Online"]), ("Diagram", ["Diff", "Introspection", "Plan", "Lint", "Online", "CodeGen"]), ("Documentation", ["Diff", "Introspection", "Lint", "Online", "CodeGen"]),
        ]),
        ("src/Sluice.Postgres", "Sluice.Postgres",
        [
            ("Local", []), ("Connecting", []), ("Reading", []), ("Migrations", []), ("History", []), ("Journal", []),
            ("Running", []), ("Backfilling", []), ("Shadow", ["Backfilling"]), ("Proving", []), ("Verifying", []), ("Measuring", ["Backfilling"]), ("Online", ["Proving", "Measuring"]), ("Importing", ["Proving", "Verifying", "Measuring", "Online"]), ("Preflight", ["Proving", "Verifying", "Measuring", "Online"]), ("Backup", ["Preflight", "Proving", "Verifying", "Measuring", "Online"]), ("Recovery", ["Preflight", "Proving", "Verifying", "Measuring", "Online", "Importing", "Backfilling", "Shadow"]), ("Drill", ["Preflight", "Proving", "Measuring", "Online", "Importing", "Backfilling", "Shadow"]), ("Doctor", ["Proving", "Shadow", "Measuring", "Online"]),
            ("Monitoring", ["Backfilling", "Shadow", "Proving", "Verifying", "Measuring", "Online", "Importing", "Backup", "Doctor"]),
            ("Maintaining", ["Backfilling", "Shadow", "Proving", "Verifying", "Measuring", "Online", "Importing", "Doctor"]),
        ]),
        ("src/Sluice.Studio", "Sluice.Studio", [("Storage", []), ("Web", []), ("Tables", ["Web"]), ("Queries", ["Web", "Tables"]), ("Schemas", ["Web", "Queries"]), ("Migrations", ["Web", "Tables", "Queries", "Schemas"]), ("Health", ["Web", "Tables", "Queries", "Schemas", "Migrations"])]),
        ("src/Sluice.EntityFrameworkCore", "Sluice.EntityFrameworkCore", [("Ids", []), ("Saving", []), ("Mapping", [])]),
        ("src/Sluice.Auth", "Sluice.Auth",
        [
            ("Settings", []), ("Storage", []), ("Admission", ["Settings"]), ("Web", ["Storage", "Admission"]), ("Metrics", ["Settings", "Storage", "Admission", "Web"]), ("Audit", ["Admission"]), ("Lockout", ["Admission"]),
            ("Upkeep", ["Web", "Lockout"]), ("Health", ["Web", "Audit", "Lockout", "Upkeep"]),
            ("Notifications", ["Settings", "Admission", "Web", "Metrics", "Audit", "Lockout", "Upkeep", "Health"]),
            ("Mail", ["Audit", "Upkeep", "Health"]),
            ("Passwords", ["Mail", "Metrics", "Audit", "Lockout", "Upkeep", "Health"]), ("Redis", ["Storage", "Web", "Metrics", "Audit", "Lockout", "Upkeep", "Health", "Mail", "Passwords"]), ("Revocation", ["Passwords", "Mail"]), ("Tokens", ["Passwords", "Mail"]), ("Roles", ["Passwords", "Mail", "Upkeep", "Health", "Lockout"]),
            ("Sessions", ["Passwords"]), ("Clients", ["Passwords", "Mail"]), ("Factors", ["Redis", "Clients"]), ("Accounts", ["Clients"]), ("Links", ["Clients"]), ("AllowList", ["Clients", "Factors"]),
            ("Identities", ["Passwords", "Redis", "Revocation", "Clients", "Links", "AllowList", "Metrics", "Upkeep", "Health"]),
            ("Provider", ["AllowList", "Links", "Passwords", "Redis", "Revocation", "Metrics", "Upkeep", "Health"]),
            ("Importing", ["Provider", "Identities", "Links", "Sessions", "Tokens", "Redis", "Revocation", "Clients", "Factors", "Lockout", "Upkeep", "Health", "Mail"]),
            ("Administration", ["Provider", "Identities", "Passwords", "Redis", "Revocation", "Clients", "Factors", "Lockout", "Mail", "Metrics", "Upkeep", "Health"]),
            ("SelfService", ["Provider", "Identities", "Passwords", "Redis", "Revocation", "Clients", "Factors", "Links", "AllowList", "Importing", "Mail", "Metrics", "Upkeep", "Health", "Roles", "Sessions"]),
            ("Idempotency", ["Notifications", "Provider", "SelfService", "Identities", "Administration", "Passwords", "Tokens", "Redis", "Revocation", "Sessions", "Clients", "Factors", "Accounts", "Importing"]),
        ]),
    ];

    public static TheoryData<string, string> EveryRoom()
    {
        var rooms = new TheoryData<string, string>();
        foreach (var (project, _, list) in Houses)
        {
            foreach (var (room, _) in list.Where(r => Directory.Exists(Path.Combine(Repository.Root, project, r.Room))))
            {
                rooms.Add(project, room);
            }
        }

        return rooms;
    }

    [Theory, MemberData(nameof(EveryRoom))]
    public void A_room_knows_only_the_rooms_before_it(string project, string room)
    {
        var house = Houses.Single(h => h.Project == project);
        var at = Array.FindIndex(house.Rooms, r => r.Room == room);
        var unknown = house.Rooms.Skip(at + 1).Select(r => r.Room).Concat(house.Rooms[at].Without).ToArray();
        // `Sluice.Plan` wherever it stands. A namespace-relative `Plan.Planner` would slip past, so `using` is the only way in:
        // the compiler sees the enclosing namespace `Sluice`, and that form is refused too.
        var named = new Regex($@"\b{Regex.Escape(house.Namespace)}\.({string.Join('|', unknown)})\b|(?<![\w.""])({string.Join('|', unknown)})\.[A-Z]\w*[.(]");

        var breaches = Repository.Sources(Path.Combine(project, room))
            .Where(_ => unknown.Length > 0)
            .SelectMany(file => Code(file).Where(l => named.IsMatch(l.Text)).Select(l => $"{Repository.Relative(file)}:{l.Number}: {l.Text.Trim()}"));

        Assert.Empty(breaches);
    }

    [Fact]
    public void Every_folder_of_a_project_is_a_room_with_a_place_in_the_order() =>
        Assert.All(Houses, house => Assert.Empty(
            Directory.EnumerateDirectories(Path.Combine(Repository.Root, house.Project))
                .Select(d => Path.GetFileName(d)!)
                .Where(d => d is not ("bin" or "obj" or "build" or "Schema" or "page"))
                .Except(house.Rooms.Select(r => r.Room))));

    [Fact]
    public void The_toolkits_core_has_no_packages() =>
        Assert.DoesNotContain("PackageReference", File.ReadAllText(Path.Combine(Repository.Root, "src/Sluice/Sluice.csproj")), StringComparison.Ordinal);

    private static IEnumerable<(int Number, string Text)> Code(string file) =>
        File.ReadLines(file).Select((text, i) => (i + 1, text)).Where(l => !l.text.TrimStart().StartsWith("//", StringComparison.Ordinal));
}
