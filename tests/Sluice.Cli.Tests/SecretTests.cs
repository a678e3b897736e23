using System.CommandLine;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Cli.Tests;

/// <summary>A password goes through every command, and is found nowhere afterwards but where it was put.</summary>
public sealed class SecretTests
{
    private const string Schema = """
        datasource db {
          provider = "postgresql"
          url      = env("DATABASE_URL")
        }

        generator efcore {
          provider = "sluice-efcore"
          output   = "Data"
        }


        """;

    // What else runs on the server decides.
    private const int AnyCode = -1;

    // In this order on one database. FILE is the backup, MORE and STRAY are migrations, URL the address.
    private static readonly (string Line, int ExitCode)[] Story =
    [
        ("migrate baseline --yes", 0),
        ("init other", 0),
        ("validate", 0),
        ("format", 0),
        ("generate", 0),
        ("migrate dev --name more", 0),
        ("migrate status --drift", 0),
        ("status", 0),
        ("test", AnyCode),
        ("doctor --backup-age 7d", AnyCode),
        ("monitor", AnyCode),
        ("maintain", 0),
        ("migrate verify", 0),
        ("migrate diff --from-url URL --to-schema schema.prisma", 0),
        ("db push", 0),
        ("db pull", 0),
        ("db seed", 0),
        ("db execute --file refused.sql", 1),
        ("db execute --file unreachable.sql", 1),
        ("db cache", 0),
        ("backup --dir backups", 0),
        ("restore FILE --into INTO", 0),
        ("down MORE --yes --no-backup", 0),
        ("up --no-backup", 0),
        ("migrate deploy", 0),
        ("db execute --file stray.sql", 0),
        ("migrate resolve --adopt --name stray", 0),
        ("migrate squash --yes", 0),
        ("migrate reset --force", 0),
        ("migrate import --from dbmate dbmate --yes --migrations imported --url URL?schema=imported", 0),
        ("studio --no-open --port TAKEN", 1),
        ("db start", 0),
        ("db stop", 0),
    ];

    // They do not connect to the address they are given, and making a server takes its time: once is enough.
    private static readonly string[] OnTheirOwn = ["db start", "db stop"];

    // They copy the whole server, with all that it holds, and the second does not end by itself: PointInTimeTests.
    private static readonly string[] OfTheWholeServer = ["backup base", "backup wal"];

    private readonly string secret = $"canary{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    // What a URL writes otherwise than it is.
    private string Password => secret + "@/:%";

    [Theory]
    [InlineData("-v")]
    [InlineData("-v --json")]
    public async Task It_stays_where_it_was_put_when_commands_succeed(string mode)
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: DeployTests.Init);
        var role = $"{work.Database.Name}_canary";
        await work.Database.ExecuteAsync($"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD '{Password}'");
        try
        {
            var leaks = new List<string>();
            var url = Address(work, role, Password);
            Prepare(work, mode == "-v" ? $"DATABASE_URL='{url}'" : $"DB_HOST={work.Database.Connection().Host}\nDB_PORT={work.Database.Connection().Port}\nDB_NAME={work.Database.Name}\nDB_USER={role}\nDB_PASSWORD='{Password}'");
            var unknown = Commands().Except(OfTheWholeServer).Where(c => !Story.Any(s => s.Line.StartsWith(c, StringComparison.Ordinal))).Select(c => (Line: c, ExitCode: AnyCode));
            foreach (var (line, exitCode) in Story.Concat(unknown).Where(s => mode == "-v" || !OnTheirOwn.Contains(s.Line)))
            {
                if (line == "migrate dev --name more")
                {
                    work.Write("schema.prisma", work["schema.prisma"] + "\nmodel More {\n  id Int @id\n}\n");
                }

                // Here every command is run once by the published program.
                string[] words = [.. line.Split(' ').Select(w => Filled(w, work, url)), .. mode.Split(' ')];
                var run = mode == "-v" ? await work.RunPublishedAsync(words) : await work.RunAsync(words);
                if (exitCode is not AnyCode)
                {
                    run.Ends(exitCode);
                }

                leaks.AddRange(Leaks(run));
            }

            Assert.Empty(leaks);
            Assert.Equal([".env", "seed.txt", "unreachable.sql"], FilesWithIt(work.Folder));
            await work.Database.ExecuteAsync($"CREATE TABLE planted AS SELECT '{Password}' AS secret");
            Assert.Equal(["planted"], await TablesWithItAsync(work));
        }
        finally
        {
            await work.Database.ExecuteAsync($"DROP DATABASE IF EXISTS {work.Database.Name}_into WITH (FORCE)");
            await work.Database.ExecuteAsync($"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task It_stays_where_it_was_put_when_the_server_refuses_it_or_does_not_answer()
    {
        await using var server = await LiveWorkspace.CreateAsync();
        var user = TestCluster.Server.Password is null ? "nosuchuser" : TestCluster.Server.Username!;
        (string Url, string Mode)[] failures =
        [
            (Address(server, user, Password), "-v"),
            ($"postgresql://me:{Uri.EscapeDataString(Password)}@127.0.0.1:1/none", "-v --json"),
        ];
        var runs = Commands().Except(OnTheirOwn).SelectMany(c => failures.Select(f => (Command: Story.Select(s => s.Line).FirstOrDefault(l => l.StartsWith(c, StringComparison.Ordinal)) ?? c, f.Url, f.Mode)));
        var leaks = new System.Collections.Concurrent.ConcurrentBag<string>();
        var unconnected = 0;
        await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (run, _) =>
        {
            using var work = new Workspace();
            Prepare(work, "");
            work.Environment["DATABASE_URL"] = run.Url;
            work.Environment["DB_MAX_RETRIES"] = "1";
            work.Environment["DB_RETRY_DELAY_MS"] = "1";
            var done = await work.RunAsync([.. run.Command.Split(' ').Select(w => Filled(w, work, run.Url)), .. run.Mode.Split(' ')]);
            if (done.ExitCode == 1 && (done.Error.Contains("P1000", StringComparison.Ordinal) || done.Error.Contains("P1001", StringComparison.Ordinal)))
            {
                Interlocked.Increment(ref unconnected);
            }

            foreach (var leak in Leaks(done).Concat(FilesWithIt(work.Folder).Except(["seed.txt", "unreachable.sql"]).Select(f => $"{done.CommandLine}: {f}")))
            {
                leaks.Add(leak);
            }
        });

        Assert.Empty(leaks);
        Assert.True(unconnected >= 30, $"only {unconnected} runs failed to connect");
    }

    private static string Address(LiveWorkspace work, string user, string password) =>
        $"postgresql://{user}:{Uri.EscapeDataString(password)}@{work.Database.Connection().Host}:{work.Database.Connection().Port}/{work.Database.Name}";

    private static string Filled(string word, Workspace work, string url) => word switch
    {
        "FILE" => Directory.Exists(Path.Combine(work.Folder, "backups")) ? Directory.GetFiles(Path.Combine(work.Folder, "backups"), "*.dump").Single() : "none.dump",
        "MORE" => work.Migrations.LastOrDefault() ?? "none",
        "TAKEN" => ((work as LiveWorkspace)?.Database.Connection().Port ?? 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
        "INTO" => ((work as LiveWorkspace)?.Database.Name ?? "x") + "_into",
        _ => word.Replace("URL", url, StringComparison.Ordinal),
    };

    /// <summary>Every command there is, so that a new one is tried too.</summary>
    private static IEnumerable<string> Commands()
    {
        using var session = new Session();
        return [.. Leaves(CommandTree.Build(session), "")];

        static IEnumerable<string> Leaves(Command command, string path) => command.Subcommands.SelectMany(c =>
            c.Subcommands.Count > 0 ? Leaves(c, $"{path}{c.Name} ") : [$"{path}{c.Name}"]);
    }

    private void Prepare(Workspace work, string env)
    {
        work.Environment.Clear();
        work.Environment["SLUICE_STATE"] = Path.Combine(work.Folder, ".sluice");
        work.Environment["TMPDIR"] = Directory.CreateDirectory(Path.Combine(work.Folder, "tmp")).FullName;
        work.Write(".env", env);
        work.Write("schema.prisma", Schema + Workspace.Users);
        work.Write("sluice.json", "{ \"seed\": \"echo $DB_PASSWORD > seed.txt\" }");
        work.Write("refused.sql", "SELECT 1/0;");
        work.Write("unreachable.sql", $"CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1 dbname=x user=x password={secret}' PUBLICATION p;");
        work.Write("stray.sql", "CREATE TABLE stray (id INT PRIMARY KEY); CREATE SCHEMA imported; CREATE TABLE imported.schema_migrations (version VARCHAR PRIMARY KEY); CREATE TABLE imported.a (id INT); INSERT INTO imported.schema_migrations VALUES ('20250101000000');");
        work.Write("dbmate/20250101000000_a.sql", "-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n");
    }

    private IEnumerable<string> Leaks(ToolRun run) => run.Output.Contains(secret, StringComparison.Ordinal) || run.Error.Contains(secret, StringComparison.Ordinal) ? [run.ToString()] : [];

    private async Task<List<string>> TablesWithItAsync(LiveWorkspace work)
    {
        var found = new List<string>();
        var tables = (string[])(await work.QueryAsync("SELECT array_agg(c.oid::regclass::text) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND nspname !~ '^(pg_|information_schema)'"))!;
        Assert.Contains("sluice.statements", tables);
        foreach (var table in tables)
        {
            if ((long)(await work.QueryAsync($"SELECT count(*) FROM {table} AS t WHERE t::text LIKE '%{secret}%'"))! > 0)
            {
                found.Add(table);
            }
        }

        return found;
    }

    private IEnumerable<string> FilesWithIt(string folder)
    {
        var needle = Encoding.UTF8.GetBytes(secret);
        return Directory.GetFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(f => File.ReadAllBytes(f).AsSpan().IndexOf(needle) >= 0)
            .Select(f => Path.GetRelativePath(folder, f))
            .Order(StringComparer.Ordinal);
    }
}
