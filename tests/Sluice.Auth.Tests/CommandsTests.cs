using System.Diagnostics;
using System.Net;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests;

/// <summary>The one-shot commands of the real program.</summary>
public sealed class CommandsTests
{
    [Fact]
    public async Task Migrate_makes_the_tables_under_the_names_of_the_configuration_and_is_repeatable()
    {
        await using var database = await TestDatabase.CreateAsync();
        (string, string)[] names = [("SluiceAuth__Tables__Columns", "SnakeCase"), ("SluiceAuth__Tables__Prefix", "app_"), ("SluiceAuth__Tables__Names__users", "people")];

        var (lacking, said) = await RunAsync(database, names, "schema", "check");
        var (first, _) = await RunAsync(database, names, "migrate");
        var (second, again) = await RunAsync(database, names, "migrate");

        Assert.Equal(1, lacking);
        Assert.Contains("table \"public\".\"people\" is missing", said, StringComparison.Ordinal);
        Assert.Equal((0, 0), (first, second));
        Assert.Contains("The tables are there already.", again, StringComparison.Ordinal);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(password_hash) FROM people"));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(user_id) FROM app_sessions"));
    }

    [Fact]
    public async Task Schema_print_writes_the_migrations_into_a_folder()
    {
        await using var database = await TestDatabase.CreateAsync();
        var folder = Directory.CreateTempSubdirectory("sluice-auth-test-").FullName;

        var (printed, sql) = await RunAsync(database, [], "schema", "print");
        var (written, _) = await RunAsync(database, [], "schema", "print", "--out", folder);

        Assert.Equal((0, 0), (printed, written));
        Assert.Contains("CREATE TABLE \"public\".\"users\"", sql, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "migration_lock.toml")));
        Assert.NotEmpty(Directory.GetFiles(folder, "migration.sql", SearchOption.AllDirectories));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_key_that_is_rotated_by_command_signs_in_a_running_node_and_one_that_is_retired_verifies_no_more()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o =>
        {
            o.Tokens.KeyRefresh = TimeSpan.FromMilliseconds(50);
            o.Tokens.KeyPropagation = TimeSpan.FromMilliseconds(200);
        });
        var ada = await node.RegisterAsync();
        var old = Kid(ada.Access);

        var (rotated, keys) = await RunAsync(database, [("SluiceAuth__Tokens__KeyPropagation", "00:00:00.2"), ("SluiceAuth__Tokens__KeyRefresh", "00:00:00.05")], "keys", "rotate");
        Assert.Equal(0, rotated);
        var next = keys.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]).Single(k => k != old);
        await Wait.UntilAsync(async () => Kid((await node.LoginAsync()).Access) == next, "the new key does not sign");
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));

        var (retired, _) = await RunAsync(database, [], "keys", "retire", old);
        Assert.Equal(0, retired);
        await Wait.UntilAsync(async () => await node.StatusAsync(ada.Access) == HttpStatusCode.Unauthorized, "the retired key still verifies");
        Assert.Equal((1, "There is no key nobody.\n"), await RunAsync(database, [], "keys", "retire", "nobody"));
    }

    [Fact]
    public async Task What_is_set_up_wrongly_and_what_is_no_command_is_said_without_a_stack()
    {
        await using var database = await TestDatabase.CreateAsync();

        var (unset, said) = await RunAsync(database, [("SluiceAuth__Issuer", "")], "keys", "list");
        var (unknown, commands) = await RunAsync(database, [], "keys", "fly");
        var (help, text) = await RunAsync(database, [("SluiceAuth__Issuer", "")], "--help");

        Assert.Equal((1, 2, 0), (unset, unknown, help));
        Assert.StartsWith("sluice-auth: Issuer is ``. Set it to", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.Contains("keys retire KID", commands, StringComparison.Ordinal);
        Assert.StartsWith("sluice-auth: ", text, StringComparison.Ordinal);
        Assert.Contains("DATABASE_URL", text, StringComparison.Ordinal);
    }

    private static string Kid(string token)
    {
        using var header = System.Text.Json.JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal))));
        return header.RootElement.GetProperty("kid").GetString()!;
    }

    private static async Task<(int Code, string Said)> RunAsync(TestDatabase database, (string Name, string Value)[] settings, params string[] arguments)
    {
        using var process = Process.Start(ServerProcess.StartInfo(database.Url, settings, arguments))!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
