using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Connecting;

/// <summary>A server with a certificate for `localhost` by an authority of its own. Role `plain` may come as it likes, `shy` only without TLS, `safe` only with it.</summary>
public sealed class TlsServer : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-tls-").FullName;
    private LocalCluster? cluster;

    /// <summary>The authority's certificate.</summary>
    public string Authority => Path.Combine(folder, "authority.pem");

    /// <summary>Another one's.</summary>
    public string Stranger => Path.Combine(folder, "stranger.pem");

    public string Missing => Path.Combine(folder, "missing.pem");

    public DatabaseAddress Address(string role, string parameters, string host = "localhost") =>
        Workbench.AddressOf($"postgresql://{role}@{host}:{cluster!.Connection().Port}/postgres?{parameters}");

    public async ValueTask InitializeAsync()
    {
        cluster = await TestCluster.StartThrowAwayAsync();
        var (authority, _) = Certificate("CN=Test Authority", null);
        var (stranger, _) = Certificate("CN=Test Stranger", null);
        var (server, serverKey) = Certificate("CN=localhost", authority);
        await File.WriteAllTextAsync(Authority, authority.ExportCertificatePem());
        await File.WriteAllTextAsync(Stranger, stranger.ExportCertificatePem());

        // Written by the server itself: it refuses a key that belongs to another account.
        var connection = TestCluster.Connection(cluster);
        await using var source = NpgsqlDataSource.Create(connection);
        await Run($"COPY (SELECT '{Base64(server.ExportCertificatePem())}') TO PROGRAM 'base64 -d > server.crt'");
        await Run($"COPY (SELECT '{Base64(serverKey.ExportPkcs8PrivateKeyPem())}') TO PROGRAM 'umask 077; base64 -d > server.key'");
        await Run($"COPY (SELECT '{Base64("host all postgres 127.0.0.1/32 scram-sha-256\nhost all plain all trust\nhostnossl all shy all trust\nhostssl all safe all trust\n")}') TO PROGRAM 'base64 -d > pg_hba.conf'");
        await Run("CREATE ROLE plain LOGIN; CREATE ROLE shy LOGIN; CREATE ROLE safe LOGIN");
        await Run("ALTER SYSTEM SET ssl = on");
        await Run("SELECT pg_reload_conf()");
        while (!await OnAsync(source))
        {
            await Task.Delay(20);
        }

        async Task Run(string sql)
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
        {
            await cluster.StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    // A new session each time: the setting reaches sessions, and new clients, one after another.
    private static async Task<bool> OnAsync(NpgsqlDataSource source)
    {
        source.Clear();
        await using var command = source.CreateCommand("SELECT current_setting('ssl') = 'on' AND EXISTS (SELECT FROM pg_hba_file_rules WHERE 'safe' = ANY (user_name))");
        return await command.ExecuteScalarAsync() is true;
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static (X509Certificate2 Certificate, RSA Key) Certificate(string name, X509Certificate2? by)
    {
        var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: by is null, false, 0, critical: true));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        if (by is null)
        {
            return (request.CreateSelfSigned(from, to), key);
        }

        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return (request.Create(by, from, to.AddHours(-1), [1, 2, 3, 4]), key);
    }
}
