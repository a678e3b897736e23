using System.Diagnostics;
using System.Globalization;
using Sluice.Cli.Commands;
using Sluice.Cli.Projects;

namespace Sluice.Cli.Tests;

public sealed class SeedTests
{
    private const string CreateUsers = "CREATE TABLE \"User\" (id SERIAL PRIMARY KEY, email TEXT NOT NULL UNIQUE)";

    [Fact]
    public void The_first_kind_of_seed_that_is_there_is_taken()
    {
        using var work = new Workspace(Workspace.Users);
        Assert.Null(Declared());
        work.Write("seed.sql", "");
        Assert.Equal(new Seed.Script(Path.Combine(work.Folder, "seed.sql")), Declared());
        work.Write("seed/Fill.csproj", "");
        Assert.Equal(new Seed.Command("dotnet run --project seed --", work.Folder), Declared());
        work.Write("seed.cs", "");
        Assert.Equal(new Seed.Command("dotnet run --file seed.cs --", work.Folder), Declared());
        work.Write("package.json", """{ "prisma": { "seed": "of package.json" } }""");
        Assert.Equal(new Seed.Command("of package.json", work.Folder), Declared());
        work.Write("prisma.config.ts", "export default defineConfig({ migrations: { seed: 'of prisma.config.ts' } })");
        Assert.Equal(new Seed.Command("of prisma.config.ts", work.Folder), Declared());
        work.Write("sluice.json", """{ "seed": "of sluice.json" }""");
        Assert.Equal(new Seed.Command("of sluice.json", work.Folder), Declared());
        work.Write("sluice.json", """{ "seed": "seed.sql" }""");
        Assert.Equal(new Seed.Script(Path.Combine(work.Folder, "seed.sql")), Declared());
        work.Write("sluice.json", """{ "seed": "" }""");
        Assert.Null(Declared());

        Seed? Declared() => Seed.Declared(Project.Find(work.Folder, null, null, null));
    }

    [Fact]
    public async Task A_script_is_one_transaction_and_its_mistake_has_a_place()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users, CreateUsers);
        (await work.RunAsync("db", "seed")).Ends(1).Warns("No seed is declared.", "seed.sql", "seed.cs", "sluice.json");
        work.Write("seed.sql", "INSERT INTO \"User\" (email) VALUES ('a');\nINSERT INTO \"User\" (email) VALUES ('a');\n");
        (await work.RunAsync("db", "seed")).Ends(1).Warns("23505", "seed.sql:2");
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM \"User\""));
        work.Write("seed.sql", "INSERT INTO \"User\" (email) VALUES ('a'), ('b');\n");
        (await work.RunAsync("db", "seed", "--", "--rows")).Ends(1).Warns("takes no arguments");
        var json = (await work.RunAsync("db", "seed", "--json")).Ends(0).Json;
        Assert.Equal("seed.sql", json.GetProperty("script").GetString());
        Assert.Equal(2L, await work.QueryAsync("SELECT count(*) FROM \"User\""));
        (await work.RunAsync("db", "seed", "other.sql")).Ends(1).Warns("stands before `--`", "sluice db seed --file FILE");
        work.Write("sluice.json", """{ "seed": 1 }""");
        (await work.RunAsync("db", "seed")).Ends(1).Warns("sluice.json cannot be used: `seed` is 1");
    }

    [Theory]
    [InlineData("sluice.json", """{ "seed": "sh seed.sh" }""")]
    [InlineData("package.json", """{ "prisma": { "seed": "sh seed.sh" } }""")]
    [InlineData("prisma.config.ts", "import { defineConfig } from 'prisma/config'\nexport default defineConfig({ migrations: { seed: 'sh seed.sh' } })\n")]
    public async Task A_command_gets_the_address_and_its_arguments_and_leaves_stdout_alone(string file, string text)
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Write("schema.prisma", Workspace.Datasource.Replace("DATABASE_URL", "SHOP_URL", StringComparison.Ordinal));
        work.Environment["SHOP_URL"] = "postgresql://nobody:nothing@127.0.0.1:1/none";
        work.Write(".env", "FROM_FILE='a b'\n");
        work.Write(file, text);
        work.Write("seed.sh", "for name in DATABASE_URL SHOP_URL DB_HOST DB_PORT DB_NAME DB_USER DB_SSL_MODE FROM_FILE; do eval \"echo $name=\\$$name\"; done > seen.txt\nprintf '<%s>' \"$@\" >> seen.txt\necho talking\n");
        var run = (await work.RunAsync("db", "seed", "--url", work.Database.Url, "--json", "--", "--rows", "two words", "$HOME")).Ends(0).Warns("talking");
        Assert.Equal("sh seed.sh", run.Json.GetProperty("command").GetString());
        Assert.DoesNotContain("talking", run.Output, StringComparison.Ordinal);
        Assert.Equal("ok executed sh seed.sh", await work.QueryAsync("SELECT r.outcome || ' ' || s.note FROM sluice.runs r JOIN sluice.statements s ON s.run = r.id"));
        var server = work.Database.Connection();
        var seen = work["seen.txt"];
        Assert.All(
            [$"DB_HOST={server.Host}", $"DB_PORT={server.Port}", $"DB_NAME={work.Database.Name}", $"DB_USER={server.Username}", "DB_SSL_MODE=prefer", "FROM_FILE=a b", "<--rows><two words><$HOME>"],
            part => Assert.Contains(part, seen, StringComparison.Ordinal));
        Assert.All(["DATABASE_URL", "SHOP_URL"], name => Assert.Contains(work.Database.Name, seen.Split('\n').Single(l => l.StartsWith(name + "=", StringComparison.Ordinal)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_that_fails_is_told_with_its_exit_code_and_without_secrets()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Write("sluice.json", """{ "seed": "echo seeding; : postgresql://me:hunter2hunter2@nowhere/x; exit 3" }""");
        var run = (await work.RunAsync("db", "seed", "--json")).Ends(1).Warns("SL5070", "exit code 3", "seeding", "postgresql://me:***@nowhere/x");
        Assert.Equal("SL5070", run.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain("hunter2", run.ToString(), StringComparison.Ordinal);
        Assert.Equal("failed", await work.QueryAsync("SELECT outcome FROM sluice.runs ORDER BY id DESC LIMIT 1"));
        Assert.Equal(
            "failed to execute echo seeding; : postgresql://me:***@nowhere/x; exit 3: exit code 3",
            await work.QueryAsync("SELECT note FROM sluice.statements ORDER BY id DESC LIMIT 1"));
        work.Write("sluice.json", """{ "seed": "no-such-program" }""");
        (await work.RunAsync("db", "seed")).Ends(1).Warns("exit code 127", "did not find a program");
        work.Environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none";
        work.Environment["DB_MAX_RETRIES"] = "0";
        work.Write("sluice.json", """{ "seed": "echo > begun.txt" }""");
        (await work.RunAsync("db", "seed")).Ends(1).Warns("P1001");
        Assert.False(File.Exists(Path.Combine(work.Folder, "begun.txt")));
    }

    [Fact]
    public async Task An_interrupted_seed_takes_its_processes_along()
    {
        KilledRunTests.SkipWhereInterruptsAreIgnored();
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Write("sluice.json", """{ "seed": "sleep 600 & echo $! > pid.new; mv pid.new pid; wait" }""");
        using var tool = Tool.Start(work.Folder, work.Environment, "db", "seed");
        var pid = Path.Combine(work.Folder, "pid");
        while (!File.Exists(pid) && !tool.HasExited)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        using var sleeper = Process.GetProcessById(int.Parse(work["pid"], CultureInfo.InvariantCulture));
        using var kill = Process.Start("kill", ["-INT", tool.Id.ToString(CultureInfo.InvariantCulture)]);
        await tool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, tool.ExitCode);
        await sleeper.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("cancelled", await work.QueryAsync("SELECT outcome FROM sluice.runs"));
    }

    [Fact]
    public async Task Reset_seeds_and_so_does_dev_on_a_database_it_made_but_not_when_told_otherwise()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Write("sluice.json", """{ "seed": "echo seeded >> seeded.txt" }""");
        (await work.RunAsync("migrate", "dev", "--name", "init")).Ends(0);
        Assert.False(File.Exists(Path.Combine(work.Folder, "seeded.txt")));
        Assert.False((await work.RunAsync("migrate", "reset", "--force", "--skip-seed", "--json")).Ends(0).Json.GetProperty("seeded").GetBoolean());
        Assert.False(File.Exists(Path.Combine(work.Folder, "seeded.txt")));
        Assert.True((await work.RunAsync("migrate", "reset", "--force", "--json")).Ends(0).Json.GetProperty("seeded").GetBoolean());
        Assert.Equal("seeded\n", work["seeded.txt"]);

        var made = $"{work.Database.Name}_made";
        foreach (var (options, lines) in new[] { ("--skip-seed", 1), ("--json", 2), ("--json", 2) })
        {
            work.Environment["DATABASE_URL"] = work.Database.Url.Replace(work.Database.Name, made, StringComparison.Ordinal);
            (await work.RunAsync("migrate", "dev", options)).Ends(0);
            Assert.Equal(lines, work["seeded.txt"].Split('\n').Length - 1);
            if (options == "--skip-seed")
            {
                await work.Database.ExecuteAsync($"DROP DATABASE {made} WITH (FORCE)");
            }
        }

        await work.Database.ExecuteAsync($"DROP DATABASE {made} WITH (FORCE)");
    }

    [Theory]
    [InlineData("seed.cs")]
    [InlineData("seed/Program.cs")]
    public async Task A_csharp_program_seeds_and_can_be_run_again(string program)
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users, CreateUsers);
        work.Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <PublishAot>false</PublishAot>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{AppContext.BaseDirectory}Npgsql.dll" />
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
              </ItemGroup>
            </Project>
            """);
        if (program != "seed.cs")
        {
            work.Write("seed/Fill.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        }

        work.Write(program, """
            if (args is []) return 7;
            string Of(string name) => Environment.GetEnvironmentVariable(name)!;
            await using var source = Npgsql.NpgsqlDataSource.Create($"Host={Of("DB_HOST")};Port={Of("DB_PORT")};Database={Of("DB_NAME")};Username={Of("DB_USER")};Password={Environment.GetEnvironmentVariable("DB_PASSWORD")}");
            await using var insert = source.CreateCommand("INSERT INTO \"User\" (email) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING");
            insert.Parameters.Add(new() { Value = args });
            Console.WriteLine($"{await insert.ExecuteNonQueryAsync()} users");
            return 0;
            """);
        (await work.RunAsync("db", "seed", "--", "a@example.com", "b@example.com")).Ends(0).Warns("2 users").Says("The seed command has been executed.");
        (await work.RunAsync("db", "seed", "--", "a@example.com", "b@example.com")).Ends(0).Warns("0 users");
        Assert.Equal(2L, await work.QueryAsync("SELECT count(*) FROM \"User\""));
        (await work.RunAsync("db", "seed")).Ends(1).Warns("SL5070", "exit code 7");
    }
}
