using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Ids;

/// <summary>The libraries that gave these ids their names, asked of ours, and theirs measured by the shapes that ours are held to.</summary>
public sealed class PublishedLibraryTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Sluice.EntityFrameworkCore.Tests/Ids/Published");

    public static TheoryData<string> EveryKind() => [.. IdTests.Kinds.Keys];

    [Theory, MemberData(nameof(EveryKind))]
    public async Task A_hundred_thousand_of_ours_are_its_own_to_the_published_library_with_times_that_do_not_go_back(string kind)
    {
        var from = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var ids = Enumerable.Range(0, IdTests.Many).Select(_ => IdTests.Kinds[kind].New()).ToArray();
        var to = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using var answer = JsonDocument.Parse(await AskAsync(ids, kind));
        Assert.Equal([], answer.RootElement.GetProperty("refused").EnumerateArray().Select(r => r.GetString()!).Take(3));
        var times = answer.RootElement.GetProperty("times").EnumerateArray().Select(t => t.GetInt64()).ToArray();
        Assert.Equal(kind is "cuid" or "ulid" or "uuid7" ? IdTests.Many : 0, times.Length);
        Assert.Equal(times.Order(), times);

        // Other tests draw from the same counters, which may have run some milliseconds ahead.
        Assert.All(times, t => Assert.InRange(t, from, to + 10_000));
    }

    [Theory, MemberData(nameof(EveryKind))]
    public async Task The_published_library_s_own_have_the_shape_that_ours_are_held_to(string kind)
    {
        var theirs = (await AskAsync([], kind, "2000")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2000, theirs.Length);
        Assert.All(theirs, id => Assert.Matches(new Regex(IdTests.Kinds[kind].Shape, RegexOptions.CultureInvariant), id));
    }

    [Theory, MemberData(nameof(EveryKind))]
    public async Task An_id_with_a_character_too_many_is_refused_so_the_question_can_be_answered_no(string kind)
    {
        var wrong = IdTests.Kinds[kind].New() + "u";
        using var answer = JsonDocument.Parse(await AskAsync([wrong], kind));
        Assert.Equal([wrong], answer.RootElement.GetProperty("refused").EnumerateArray().Select(r => r.GetString()!));
    }

    private static async Task<string> AskAsync(string[] ids, params IEnumerable<string> arguments)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Folder, "node_modules")), "not installed: .ci/id-libraries");
        var start = new ProcessStartInfo("node") { WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments.Prepend("check.mjs"))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(string.Join('\n', ids));
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return await output;
    }
}
