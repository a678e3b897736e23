using System.Diagnostics;
using System.Text.Json;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Clients;

/// <summary>Runs a script beside the published libraries: one process for all that a class of tests asks.</summary>
internal static class PublishedClients
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Sluice.Auth.Tests/Clients/Published");

    public static bool AreHere => Directory.Exists(Path.Combine(Folder, "node_modules"));

    public static async Task<JsonElement> AskAsync(string script, object question)
    {
        using var process = Process.Start(new ProcessStartInfo("node", [script]) { WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(question));
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        using var answer = JsonDocument.Parse(await output);
        return answer.RootElement.Clone();
    }

    public static void Require() => Assert.SkipUnless(AreHere, "not installed: .ci/auth-clients");
}
