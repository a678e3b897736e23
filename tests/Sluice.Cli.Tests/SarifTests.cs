using System.Diagnostics;
using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>What Microsoft's validator says of our SARIF: it holds the schema of 2.1.0, and the rules that a schema cannot say.</summary>
public sealed class SarifTests
{
    private static readonly string Validator = Path.Combine(Repository.Root, "tests/Sluice.Cli.Tests/SarifMultitool/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_lint_and_trace_find_is_valid_by_the_schema_and_the_rules_of_the_standard()
    {
        Assert.SkipUnless(File.Exists(Validator), "not installed: .ci/sarif");
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_shop", "CREATE TABLE orders (id bigint PRIMARY KEY, seen text);\n");
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        work.Versioned("002_ä b%", "ALTER TABLE orders\n  ALTER COLUMN seen TYPE int;\nCREATE INDEX \"ü \"\"\" ON orders (seen);\nDROP TABLE orders;\nGRANT ALL ON orders TO PUBLIC;\nCREATE TABLE a (b varchar(5));\n");
        work.Versioned("003_less", "ALTER TABLE a SET LOGGED;\nALTER SYSTEM SET work_mem = '8MB';\n");
        var lint = (await work.RunAsync("migrate", "lint", "--format", "sarif")).Output;
        var nothing = (await work.RunAsync("migrate", "lint", "--format", "sarif", "--since", "003")).Output;
        var trace = (await work.RunAsync("migrate", "verify", "--trace", "--format", "sarif")).Output;
        var rules = new[] { lint, trace }.SelectMany(RuleIds).ToList();
        Assert.True(rules.Count > 6 && rules.Contains("M03"), string.Join(' ', rules));

        Assert.Empty(await ErrorsAsync(work, lint));
        Assert.Empty(await ErrorsAsync(work, nothing));
        Assert.Empty(await ErrorsAsync(work, trace));

        // It does look.
        Assert.Contains("JSON1005", await ErrorsAsync(work, lint.Replace("\"ruleIndex\"", "\"ruleNumber\"", StringComparison.Ordinal)));
        Assert.Contains("JSON1002", await ErrorsAsync(work, lint.Replace("\"version\":\"2.1.0\"", "\"edition\":\"2.1.0\"", StringComparison.Ordinal)));
        Assert.Contains("SARIF1009", await ErrorsAsync(work, lint.Replace("\"ruleIndex\":", "\"ruleIndex\":9", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> RuleIds(string sarif) =>
        JsonDocument.Parse(sarif).RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(r => r.GetProperty("ruleId").GetString()!);

    private static async Task<List<string>> ErrorsAsync(LiveWorkspace work, string sarif)
    {
        var (file, told) = (Path.Combine(work.Folder, "findings.sarif"), Path.Combine(work.Folder, "told.sarif"));
        await File.WriteAllTextAsync(file, sarif, Stop);
        File.Delete(told);
        var start = new ProcessStartInfo(Validator, ["validate", file, "--output", told, "--quiet"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using var validator = Process.Start(start)!;
        var (output, error) = (validator.StandardOutput.ReadToEndAsync(Stop), validator.StandardError.ReadToEndAsync(Stop));
        await validator.WaitForExitAsync(Stop);
        Assert.True(File.Exists(told), await output + await error);
        using var read = JsonDocument.Parse(await File.ReadAllTextAsync(told, Stop));
        var run = read.RootElement.GetProperty("runs")[0];
        Assert.True(run.GetProperty("invocations")[0].GetProperty("executionSuccessful").GetBoolean(), await output + await error);
        return [.. run.GetProperty("results").EnumerateArray().Where(r => r.TryGetProperty("level", out var level) && level.GetString() is "error").Select(r => r.GetProperty("ruleId").GetString()!)];
    }
}
