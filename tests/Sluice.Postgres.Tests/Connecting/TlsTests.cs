using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Connecting;

/// <summary>Every TLS mode against a server that offers it, one that insists on it, and one that refuses it.</summary>
public sealed class TlsTests(TlsServer server) : IClassFixture<TlsServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain", "sslmode=disable", false)]
    [InlineData("plain", "sslmode=allow", false)]
    [InlineData("plain", "", true)]
    [InlineData("plain", "sslmode=prefer", true)]
    [InlineData("plain", "sslmode=require", true)]
    [InlineData("plain", "sslmode=verify-ca&sslrootcert=CA", true)]
    [InlineData("plain", "sslmode=verify-full&sslrootcert=CA", true)]
    [InlineData("safe", "sslmode=allow", true)]
    [InlineData("safe", "sslmode=prefer", true)]
    [InlineData("safe", "sslmode=require", true)]
    [InlineData("shy", "sslmode=disable", false)]
    [InlineData("shy", "sslmode=allow", false)]
    [InlineData("shy", "sslmode=prefer", false)]
    public async Task A_connection_is_encrypted_as_the_mode_says(string role, string parameters, bool encrypted) =>
        Assert.Equal(encrypted, await EncryptedAsync(server.Address(role, Named(parameters))));

    [Theory]
    [InlineData("sslaccept=strict&sslmode=require&sslcert=CA")]
    [InlineData("sslaccept=accept_invalid_certs&sslmode=require")]
    public async Task Prismas_parameters_mean_what_they_mean_there(string parameters) =>
        Assert.True(await EncryptedAsync(server.Address("plain", Named(parameters))));

    [Fact]
    public async Task A_certificate_for_another_host_is_enough_for_verify_ca_alone()
    {
        Assert.True(await EncryptedAsync(server.Address("plain", Named("sslmode=verify-ca&sslrootcert=CA"), "127.0.0.1")));
        await RefusedAsync("plain", "sslmode=verify-full&sslrootcert=CA", "P1011", "another host", "127.0.0.1");
        await RefusedAsync("plain", "sslmode=require&sslaccept=strict&sslcert=CA", "P1011", "another host", "127.0.0.1");
    }

    [Theory]
    [InlineData("plain", "sslmode=verify-ca", "P1011", "sslrootcert=FILE")]
    [InlineData("plain", "sslmode=verify-full", "P1011", "sslrootcert=FILE")]
    [InlineData("plain", "sslmode=require&sslaccept=strict", "P1011", "sslrootcert=FILE")]
    [InlineData("plain", "sslmode=verify-ca&sslrootcert=STRANGER", "P1011", "sslrootcert=FILE")]
    [InlineData("plain", "sslmode=verify-full&sslrootcert=STRANGER", "P1011", "sslrootcert=FILE")]
    [InlineData("plain", "sslmode=verify-full&sslrootcert=MISSING", "P1011", "missing.pem")]
    [InlineData("plain", "sslmode=require&sslidentity=MISSING", "P1011", "missing.pem")]
    [InlineData("safe", "sslmode=disable", "P1010", "sslmode=require")]
    [InlineData("shy", "sslmode=require", "P1010", "sslmode=disable")]
    public async Task What_is_refused_says_why_and_what_to_write(string role, string parameters, string code, string words) =>
        await RefusedAsync(role, parameters, code, words, "localhost");

    [Fact]
    public async Task A_server_without_TLS_is_refused_by_the_modes_that_need_it()
    {
        await using var bench = await Workbench.OpenAsync();
        foreach (var mode in new[] { "disable", "allow", "prefer" })
        {
            Assert.False(await EncryptedAsync(With(mode)));
        }

        foreach (var mode in new[] { "require", "verify-ca", "verify-full" })
        {
            var problem = await Workbench.FailAsync(() => ServerConnection.OpenAsync(With(mode), Stop));
            Assert.Equal("P1011", problem.Code);
            Assert.Contains("the server offers none", problem.Message, StringComparison.Ordinal);
            Assert.Contains("`ssl = on`", Assert.Single(problem.Remedies), StringComparison.Ordinal);
        }

        DatabaseAddress With(string mode) => bench.Settings.Address with { Tls = TlsSettings.Prefer with { Mode = mode } };
    }

    private string Named(string parameters) => parameters
        .Replace("=CA", "=" + server.Authority, StringComparison.Ordinal)
        .Replace("=STRANGER", "=" + server.Stranger, StringComparison.Ordinal)
        .Replace("=MISSING", "=" + server.Missing, StringComparison.Ordinal);

    private static async Task<bool> EncryptedAsync(DatabaseAddress address)
    {
        await using var connection = await ServerConnection.OpenAsync(address, Stop);
        await using var command = new NpgsqlCommand("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", connection);
        return (bool)(await command.ExecuteScalarAsync(Stop))!;
    }

    private async Task RefusedAsync(string role, string parameters, string code, string words, string host)
    {
        var problem = await Workbench.FailAsync(() => ServerConnection.OpenAsync(server.Address(role, Named(parameters), host), Stop));
        Assert.Equal(code, problem.Code);
        Assert.Contains(words, string.Join('\n', problem.Remedies.Prepend(problem.Message)), StringComparison.Ordinal);
    }
}
