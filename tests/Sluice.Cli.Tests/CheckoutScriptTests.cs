using System.Diagnostics;

namespace Sluice.Cli.Tests;

public sealed class CheckoutScriptTests
{
    [Fact]
    public async Task The_script_works_through_a_link_from_any_folder_and_for_several_callers()
    {
        using var work = new Workspace();
        var link = Path.Combine(work.Folder, "s");
        File.CreateSymbolicLink(link, Path.Combine(Repository.Root, "sluice"));
        var outputs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunAsync(link, work.Folder)));
        Assert.All(outputs, o => Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", o));
    }

    private static async Task<string> RunAsync(string program, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, "--version") { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
