using System.Text.Json;

namespace Sluice.Cli.Tests;

public sealed class LintTests
{
    private const string Table = "CREATE TABLE orders (id bigint PRIMARY KEY, seen text);\n";
    private const string Index = "CREATE INDEX orders_seen_idx ON orders (seen);\n";

    [Fact]
    public async Task What_is_dangerous_is_told_with_place_reason_and_safe_form_and_fails_the_command()
    {
        using var work = Project();
        (await work.RunAsync("migrate", "lint", "--latest", "1")).Ends(1).Says(
            "danger I01: Nobody writes to orders until the index is built.",
            "migrations/20260102000000_index/migration.sql:1:1",
            "lock: Share on orders, while every row is read",
            "instead: CREATE INDEX CONCURRENTLY orders_seen_idx ON orders (seen);",
            "1 danger in 1 migration, 1 statement. 1 of them fail the command.");
        (await work.RunAsync("migrate", "lint", "migrations/20260101000000_init/migration.sql")).Ends(0).Says("Nothing found in 1 migration");
    }

    [Fact]
    public async Task Without_a_connection_all_migrations_are_looked_at_in_both_layouts()
    {
        using var folders = Project();
        (await folders.RunAsync("migrate", "lint")).Ends(1).Says("2 migrations");
        using var files = new Workspace();
        files.Versioned("001_init", Table);
        files.Versioned("002_index", Index);
        (await files.RunAsync("migrate", "lint")).Ends(1).Says("002_index.up.sql:1:1", "2 migrations");
        (await files.RunAsync("migrate", "lint", "--since", "2")).Ends(0).Says("Nothing found in 0 migrations");
    }

    [Fact]
    public async Task The_policy_of_the_team_says_what_fails()
    {
        using var work = Project();
        work.Write("sluice.json", """{"lint": {"warn": ["I"]}}""");
        (await work.RunAsync("migrate", "lint", "--latest", "1")).Ends(0).Says("warning I01");
        work.Write("sluice.json", """{"lint": {"off": ["I01"]}}""");
        (await work.RunAsync("migrate", "lint", "--latest", "1")).Ends(0).Says("Nothing found");
        work.Write("sluice.json", """{"lint": {"block": ["X99"]}}""");
        (await work.RunAsync("migrate", "lint")).Ends(1).Warns("`lint.block` names \"X99\", which is no rule");
    }

    [Fact]
    public async Task Machines_get_json_sarif_and_annotations()
    {
        using var work = Project();
        var json = (await work.RunAsync("migrate", "lint", "--latest", "1", "--json")).Ends(1).Json;
        Assert.Equal("I01", json.GetProperty("findings")[0].GetProperty("rule").GetString());
        Assert.Equal("failed", json.GetProperty("outcome").GetString());

        var sarif = (await work.RunAsync("migrate", "lint", "--latest", "1", "--format", "sarif")).Ends(1).Json;
        Assert.Equal("2.1.0", sarif.GetProperty("version").GetString());
        var result = sarif.GetProperty("runs")[0].GetProperty("results")[0];
        Assert.Equal("I01", result.GetProperty("ruleId").GetString());
        Assert.Equal("I01", sarif.GetProperty("runs")[0].GetProperty("tool").GetProperty("driver").GetProperty("rules")[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());

        (await work.RunAsync("migrate", "lint", "--latest", "1", "--format", "github")).Ends(1).Says("::error file=migrations/20260102000000_index/migration.sql,line=1,col=1,title=I01%3A ");
        var quality = JsonDocument.Parse((await work.RunAsync("migrate", "lint", "--latest", "1", "--format", "gitlab")).Ends(1).Output).RootElement[0];
        Assert.Equal("blocker", quality.GetProperty("severity").GetString());
        Assert.Equal(32, quality.GetProperty("fingerprint").GetString()!.Length);
        (await work.RunAsync("migrate", "lint", "--format", "xml")).Ends(1).Warns("There is no format `xml`");
    }

    // Of the schema of SARIF 2.1.0: each object's properties, those that must be there with a mark. It allows no others in these.
    private static readonly Dictionary<string, string> SarifSchema = new(StringComparer.Ordinal)
    {
        ["log"] = "$schema version! runs!",
        ["run"] = "tool! columnKind results",
        ["tool"] = "driver!",
        ["driver"] = "name! version informationUri rules",
        ["rule"] = "id! shortDescription fullDescription help helpUri defaultConfiguration",
        ["result"] = "ruleId ruleIndex level message! locations partialFingerprints",
        ["region"] = "startLine startColumn endLine endColumn",
        ["message"] = "text!",
    };

    [Fact]
    public async Task Sarif_has_the_form_that_its_schema_asks_for()
    {
        using var work = Project();
        work.Migration("20260103000000_ä b%", "ALTER TABLE orders\n  ALTER COLUMN seen TYPE int;\nDROP TABLE orders;\nGRANT ALL ON orders TO PUBLIC;\nCREATE TABLE a (b varchar(5));");
        var log = (await work.RunAsync("migrate", "lint", "--format", "sarif")).Ends(1).Json;
        Formed(log, "log");
        Assert.Equal("2.1.0", log.GetProperty("version").GetString());
        var run = Assert.Single(log.GetProperty("runs").EnumerateArray());
        Formed(run, "run");
        Formed(run.GetProperty("tool"), "tool");
        var driver = run.GetProperty("tool").GetProperty("driver");
        Formed(driver, "driver");
        var rules = driver.GetProperty("rules").EnumerateArray().ToList();
        foreach (var rule in rules)
        {
            Formed(rule, "rule");
            Assert.All(["shortDescription", "fullDescription", "help"], name => Formed(rule.GetProperty(name), "message"));
            Assert.Contains(rule.GetProperty("defaultConfiguration").GetProperty("level").GetString(), Levels);
        }

        Assert.Equal(rules.Count, rules.Select(r => r.GetProperty("id").GetString()).Distinct().Count());
        Assert.True(run.GetProperty("results").GetArrayLength() > 5);
        foreach (var result in run.GetProperty("results").EnumerateArray())
        {
            Formed(result, "result");
            Formed(result.GetProperty("message"), "message");
            Assert.Contains(result.GetProperty("level").GetString(), Levels);
            Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
            Assert.All(result.GetProperty("partialFingerprints").EnumerateObject(), f => Assert.Equal(JsonValueKind.String, f.Value.ValueKind));
            var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
            var uri = place.GetProperty("artifactLocation").GetProperty("uri").GetString()!;
            Assert.True(Uri.IsWellFormedUriString(uri, UriKind.Relative), uri);
            Assert.True(File.Exists(Path.Combine(work.Folder, Uri.UnescapeDataString(uri))), uri);
            var region = place.GetProperty("region");
            Formed(region, "region");
            var numbers = new[] { "startLine", "startColumn", "endLine", "endColumn" }.Select(n => region.GetProperty(n).GetInt32()).ToList();
            Assert.All(numbers, n => Assert.True(n >= 1));
            Assert.True((numbers[0], numbers[1]).CompareTo((numbers[2], numbers[3])) <= 0);
        }
    }

    private static readonly string[] Levels = ["none", "note", "warning", "error"];

    private static void Formed(JsonElement element, string kind)
    {
        var properties = SarifSchema[kind].Split(' ');
        var there = element.EnumerateObject().Select(p => p.Name).ToList();
        Assert.Empty(there.Except(properties.Select(p => p.TrimEnd('!'))));
        Assert.Empty(properties.Where(p => p.EndsWith('!')).Select(p => p.TrimEnd('!')).Except(there));
    }

    [Fact]
    public async Task An_annotation_cannot_be_forged_by_a_script()
    {
        using var work = Project();
        work.Migration("20260103000000_evil", "CREATE INDEX \"x\n::error::forged\" ON orders (seen);\n");
        var run = (await work.RunAsync("migrate", "lint", "--latest", "1", "--format", "github")).Ends(1);
        Assert.DoesNotContain("\n::error::forged", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_connection_what_is_pending_is_judged_by_the_tables_that_are_there()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Table + """
            CREATE TYPE mood AS ENUM ('a', 'b');
            CREATE TABLE people (id int PRIMARY KEY, name varchar(20), mood mood, CONSTRAINT named CHECK (name <> ''));
            CREATE VIEW names AS SELECT name FROM people;
            INSERT INTO orders SELECT n, repeat('x', 200) FROM generate_series(1, 50000) n;
            ANALYZE;
            """);
        work.Migration("20260102000000_index", Index + "CREATE INDEX people_name_idx ON people (name);\nALTER TABLE people ALTER COLUMN name TYPE varchar(40);\n");
        var run = (await work.RunAsync("migrate", "lint")).Ends(1);
        run.Says("danger I01: Nobody writes to orders", "advice I01: Nobody writes to people", "danger R06: people.name cannot change its type: the view names uses it.");
        Assert.DoesNotContain("R04", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_says_what_it_finds_and_stops_only_where_the_team_said_so()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20260101000000_init", Table);
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        work.Migration("20260102000000_drop", "DROP TABLE orders;\n");
        work.Write("sluice.json", """{"lint": {"block": ["D01"]}}""");
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(1).Warns("danger D01", "SL5044", "--skip-check lint");
        Assert.True(await work.HasTableAsync("orders"));
        File.Delete(Path.Combine(work.Folder, "sluice.json"));
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0).Warns("danger D01: migrations/", "table orders goes");
        Assert.False(await work.HasTableAsync("orders"));
    }

    [Fact]
    public async Task Dev_says_what_the_migration_does_to_a_large_table()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync("migrate", "dev", "--name", "init")).Ends(0);
        work.Schema(Workspace.Users.Replace("@unique", "@unique\n  name String?\n  @@index([name])", StringComparison.Ordinal));
        (await work.RunAsync("migrate", "dev", "--name", "index")).Ends(0).Warns("danger I01: migrations/", "Nobody writes to User until the index is built.", "`sluice migrate lint`");
    }

    private static Workspace Project()
    {
        var work = new Workspace();
        work.Migration("20260101000000_init", Table);
        work.Migration("20260102000000_index", Index);
        return work;
    }
}
