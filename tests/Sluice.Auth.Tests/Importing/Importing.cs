using System.Text;
using System.Text.Json;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Importing;

/// <summary>A node, its database, and the import as its command runs it.</summary>
internal sealed class Importing(TestDatabase database, TestNode node) : IAsyncDisposable
{
    public TestDatabase Database => database;

    public TestNode Node => node;

    public static async Task<Importing> StartAsync(string? prepare = null, Action<Sluice.Auth.Settings.SluiceAuthOptions>? configure = null)
    {
        var database = await TestNode.NewDatabaseAsync();
        if (prepare is not null)
        {
            await database.ExecuteAsync(prepare);
        }

        return new Importing(database, await TestNode.StartAsync(database, configure, new EverSoFast()));
    }

    public static string Line(object account) => JsonSerializer.Serialize(account) + "\n";

    public Task<Imported> RunAsync(string lines, params string[] arguments) => RunAsync(Encoding.UTF8.GetBytes(lines), arguments);

    public async Task<Imported> RunAsync(byte[] lines, params string[] arguments)
    {
        using var input = new MemoryStream(lines);
        await using var output = new StringWriter();
        await using var progress = new StringWriter();
        var code = await AuthCommands.RunAsync(node.Services, ["import", .. arguments], output, progress, input, TestContext.Current.CancellationToken);
        return new Imported(code, output.ToString().Trim(), progress.ToString());
    }

    public async Task<long> CountAsync(string where = "true") => (long)(await database.QueryAsync($"SELECT count(*) FROM users WHERE {where}"))!;

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await database.DisposeAsync();
    }

    // Nothing takes time here, so that no slow machine makes the import say how far it has come.
    private sealed class EverSoFast : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}

internal sealed record Imported(int Code, string Said, string Progress);
