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

    // Stands in for a publish: leaves a server behind, as the compiler does, and makes a program.
    private const string Dotnet = """
        #!/bin/sh
        sleep 600 >/dev/null 2>&1 &
        echo $! >"$SERVER"
        while [ "$1" != -o ]; do shift; done
        mkdir -p "$2"
        printf '#!/bin/sh\necho 1.2.3\n' >"$2/Sluice.Cli"
        chmod +x "$2/Sluice.Cli"
        """;

    [Fact]
    public async Task A_publish_leaves_no_lock_with_the_server_that_the_compiler_leaves_behind()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "no `flock`: the script takes no lock");
        using var work = new Workspace();
        foreach (var file in (string[])["global.json", "Directory.Build.props", "src/a"])
        {
            work.Write(file, "");
        }

        work.Write("bin/dotnet", Dotnet);
        File.Copy(Path.Combine(Repository.Root, "sluice"), Path.Combine(work.Folder, "sluice"));
        work.Write("story", """
            chmod +x bin/dotnet
            export PATH="$PWD/bin:$PATH" SERVER="$PWD/server"
            ./sluice --version
            kill -0 "$(cat server)" && flock -n artifacts/sluice.lock echo free
            kill "$(cat server)"
            """);
        Assert.Equal("1.2.3\nfree\n", await RunAsync("/bin/sh", work.Folder, "story"));
    }

    private static async Task<string> RunAsync(string program, string folder, string argument = "--version")
    {
        using var process = Process.Start(new ProcessStartInfo(program, argument) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
