using System.Text.Json;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Clients;

/// <summary>Runs a script beside the published libraries: one process for all that a class of tests asks.</summary>
internal static class PublishedClients
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Sluice.Auth.Tests/Clients/Published");

    private const string Installer = ".ci/auth-clients";

    public static bool AreHere => Directory.Exists(Path.Combine(Folder, "node_modules"));

    public static async Task<JsonElement> AskAsync(string script, object question)
    {
        await using var program = NodeProgram.Start(Folder, Installer, script);
        return JsonSerializer.Deserialize<JsonElement>(await program.AnswerAsync(JsonSerializer.Serialize(question)));
    }

    public static void Require() => Assert.SkipUnless(AreHere, $"not installed: {Installer}");
}
