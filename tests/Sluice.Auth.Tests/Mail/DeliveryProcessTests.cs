using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

/// <summary>The server as a process: killed while it sends, and with a certificate that its machine trusts.</summary>
public sealed class DeliveryProcessTests
{
    private const int Accounts = 42;

    [Fact]
    public async Task Bar_54_nodes_that_are_killed_lose_no_mail()
    {
        await using var mail = await MailServer.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        var nodes = await Task.WhenAll(StartAsync(), StartAsync());
        try
        {
            using var client = new HttpClient();
            var answered = new List<string>();
            for (var i = 0; i < Accounts; i += 6)
            {
                var some = Enumerable.Range(i, 6).Select(n => (Email: $"a{n}@example.com", Node: nodes[n % 2]));
                var asked = some.Select(async s => (s.Email, IsAnswered: await RegisterAsync(client, s.Node, s.Email))).ToList();
                if (i % 18 == 0)
                {
                    // In the middle of these six, and of sending those before.
                    await Task.WhenAny(asked);
                    await nodes[1].KillAsync();
                    await nodes[1].DisposeAsync();
                    nodes[1] = await StartAsync();
                }

                answered.AddRange((await Task.WhenAll(asked)).Where(a => a.IsAnswered).Select(a => a.Email));
            }

            Assert.InRange(answered.Count, Accounts / 2, Accounts);
            foreach (var email in answered)
            {
                var first = await mail.NextAsync(email);
                Assert.Single(mail.Received.Where(m => m.To == email).Select(m => m.MessageId).Distinct());
                using var verified = await client.PostAsJsonAsync(new Uri(nodes[0].Address, "/auth/v1/email/verify"), new { token = first.Token });
                Assert.Equal(HttpStatusCode.OK, verified.StatusCode);
            }

            await MailLog.UntilAsync(database, null, "SENT", answered.Count);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }

        // A claim ends after twice the time that sending may take.
        Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(
            database.Url,
            [.. Settings(mail.Port, "127.0.0.1"), ("SluiceAuth__Mail__Smtp__StartTls", "false"), ("SluiceAuth__Mail__SendTimeout", "00:00:01"), ("SluiceAuth__Mail__FirstRetry", "00:00:00.2"), ("SluiceAuth__Mail__Look", "00:00:00.2"), ("SluiceAuth__RateLimits__MailsPerClient__Requests", "0")]);
    }

    [Fact]
    public async Task Over_a_certificate_that_the_machine_trusts_mail_is_sent_with_a_password_and_without_one_it_waits()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-smtp-");
        var (key, certificate) = Certificate(folder.FullName);
        await using var mail = await MailServer.StartAsync((key, certificate));
        await using var database = await TestNode.NewDatabaseAsync();
        (string, string)[] settings = [.. Settings(mail.Port, "localhost"), ("SluiceAuth__Mail__Smtp__User", "sluice"), ("SluiceAuth__Mail__Smtp__Password", "a word between servers"), ("SluiceAuth__Mail__FirstRetry", "00:00:00.1"), ("SluiceAuth__Mail__Look", "00:00:00.1")];
        using var client = new HttpClient();

        await using (var wary = await ServerProcess.StartAsync(database.Url, settings))
        {
            Assert.True(await RegisterAsync(client, wary, "ada@example.com"));
            Assert.NotNull((await MailLog.UntilAsync(database, "ada@example.com", "PENDING", error: "AuthenticationException")).Error);
            Assert.Empty(mail.Received);
            Assert.DoesNotContain("token=", wary.Said, StringComparison.Ordinal);
            Assert.DoesNotContain("ada@example.com", wary.Said, StringComparison.Ordinal);
        }

        // The first may have been killed while it sent, and its claim be still good.
        await database.ExecuteAsync("UPDATE \"email_logs\" SET \"nextTryAt\" = now()");
        await using var trusting = await ServerProcess.StartAsync(database.Url, [.. settings, ("SSL_CERT_FILE", certificate)]);
        var sent = await mail.NextAsync("ada@example.com");
        Assert.Equal((true, "sluice"), (sent.Secure, sent.User));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_server_without_encryption_gets_nothing_unless_that_is_said()
    {
        await using var at = await MailNode.StartAsync(o => o.Mail.Smtp.StartTls = true);

        await at.RegisterAsync();

        await MailLog.UntilAsync(at.Database, MailNode.Ada, "PENDING", error: "smtp_not_secure");
        Assert.Empty(at.Server.Received);
    }

    private static async Task<bool> RegisterAsync(HttpClient client, ServerProcess node, string email)
    {
        try
        {
            using var response = await client.PostAsJsonAsync(new Uri(node.Address, "/auth/v1/register"), new { email, password = TestNode.Password });
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            return true;
        }
        catch (HttpRequestException)
        {
            // Its node was killed: whether there is an account nobody knows, and nobody was promised a mail.
            return false;
        }
    }

    private static (string, string)[] Settings(int port, string host) =>
    [
        ("SluiceAuth__Mail__Smtp__Host", host), ("SluiceAuth__Mail__Smtp__Port", port.ToString(CultureInfo.InvariantCulture)),
        ("SluiceAuth__Mail__From", "Example <no-reply@example.com>"), ("SluiceAuth__Mail__LinkBase", "https://app.example.com/account"), ("SluiceAuth__Upkeep__Enabled", "false"),
    ];

    private static (string Key, string Certificate) Certificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var (keyFile, file) = (Path.Combine(folder, "key.pem"), Path.Combine(folder, "cert.pem"));
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(file, certificate.ExportCertificatePem());
        return (keyFile, file);
    }
}
