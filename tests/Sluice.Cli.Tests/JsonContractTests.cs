using System.Text.Json;

namespace Sluice.Cli.Tests;

public sealed class JsonContractTests
{
    [Fact]
    public async Task Every_command_ends_with_one_object_that_has_outcome_correlation_id_and_duration()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Write("seed.sql", "INSERT INTO \"User\" (email) VALUES ('a');");
        string[] commands =
        [
            "format",
            "migrate status",
            "migrate dev --name init",
            "migrate dev",
            "migrate status",
            "migrate deploy",
            "up",
            "up --dry-run",
            "status",
            "down nowhere",
            "migrate verify",
            "migrate lint",
            "migrate diff --from-empty --to-schema schema.prisma",
            "migrate resolve --applied nowhere",
            "migrate reset --force",
            "db push",
            "db pull",
            "db pull --print",
            "db seed",
            "db execute --file seed.sql",
            "init other",
        ];
        foreach (var command in commands)
        {
            var run = await work.RunAsync([.. command.Split(' '), "--json"]);
            var line = Assert.Single(run.Output.TrimEnd('\n').Split('\n'));
            var json = JsonDocument.Parse(line).RootElement;
            Assert.Contains(json.GetProperty("outcome").GetString(), new[] { "ok", "attention", "failed" });
            Assert.True((json.GetProperty("outcome").GetString() == "ok") == (run.ExitCode == 0), run.ToString());
            Assert.True(Guid.TryParse(json.GetProperty("correlationId").GetString(), out _));
            Assert.True(json.GetProperty("durationMs").GetInt64() >= 0);
            Assert.DoesNotContain('\e', run.Error);
        }
    }

    [Fact]
    public async Task A_failed_statement_is_told_with_its_place()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_bad", "SELECT 1;\nSELECT 1/0;\n");
        var error = (await work.RunAsync("migrate", "deploy", "--json")).Ends(1).Json.GetProperty("error");
        Assert.Equal("P3018", error.GetProperty("code").GetString());
        Assert.NotEmpty(error.GetProperty("remedies").EnumerateArray());
        var statement = error.GetProperty("statement");
        Assert.Equal("20250101000000_bad", statement.GetProperty("migration").GetString());
        Assert.Equal(2, statement.GetProperty("ordinal").GetInt32());
        Assert.Equal(2, statement.GetProperty("line").GetInt32());
        Assert.Equal("22012", statement.GetProperty("sqlState").GetString());
    }
}
