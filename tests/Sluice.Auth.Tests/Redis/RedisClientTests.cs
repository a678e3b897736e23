using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Auth.Redis;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Redis;

public sealed class RedisClientTests(RedisServer server) : IClassFixture<RedisServer>
{
    [Theory]
    [InlineData("redis://localhost", "localhost", 6379, null, null, 0, false)]
    [InlineData("rediss://cache.example.com:6380/3", "cache.example.com", 6380, null, null, 3, true)]
    [InlineData("redis://:p%40ss%2Fword@10.0.0.1:7000", "10.0.0.1", 7000, null, "p@ss/word", 0, false)]
    [InlineData("redis://sluice:p:w@[::1]/1", "::1", 6379, "sluice", "p:w", 1, false)]
    public void An_address_says_who_and_where(string url, string host, int port, string? user, string? password, int database, bool isTls) =>
        Assert.Equal(new RedisAddress(host, port, user, password, database, isTls), RedisAddress.Parse(url));

    [Theory, InlineData(""), InlineData("localhost:6379"), InlineData("http://localhost"), InlineData("redis://"), InlineData("redis://localhost/one"), InlineData("redis://localhost/-1"), InlineData("redis://localhost?db=1")]
    public void What_is_no_address_is_none(string url) => Assert.Null(RedisAddress.Parse(url));

    [Fact]
    public async Task Words_arrive_as_they_are_whatever_is_in_them()
    {
        RedisServer.Require();
        await using var client = Client(server.Url);
        foreach (var word in new[] { "", " ", "a\r\nPING\r\n", "\0", "ü💧", new string('x', 20_000) })
        {
            Assert.Equal([new RedisReply.Text("OK"), new RedisReply.Text(word)], await client.SendAsync(new RedisPipeline().Add("SET", "word", word).Add("GET", "word"), default));
        }
    }

    [Fact]
    public async Task Many_callers_share_one_connection_and_each_gets_his_own_answer()
    {
        RedisServer.Require();
        await using var client = Client(server.Url);

        var answers = await Task.WhenAll(Enumerable.Range(0, 2000).Select(async i => (i, await client.SendAsync(new RedisPipeline().Add("ECHO", $"{i}").Add("ECHO", $"-{i}"), default))));

        Assert.All(answers, a => Assert.Equal([new RedisReply.Text($"{a.i}"), new RedisReply.Text($"-{a.i}")], a.Item2));
        Assert.DoesNotContain("id=0 ", await server.AskAsync("CLIENT", "LIST", "TYPE", "normal"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_connection_is_made_again_and_a_caller_who_goes_does_not_disturb_the_others()
    {
        RedisServer.Require();
        await using var client = Client(server.Url);
        await client.SendAsync(new RedisPipeline().Add("MSET", "his", "of his", "mine", "of mine"), default);
        // Who writes is not answered until it goes on.
        await server.AskAsync("CLIENT", "PAUSE", "1000000", "WRITE");
        using (var gone = new CancellationTokenSource())
        {
            var his = client.SendAsync(new RedisPipeline().Add("GETSET", "his", ""), gone.Token);
            var mine = client.SendAsync(new RedisPipeline().Add("GETSET", "mine", ""), default);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => his);
            await server.AskAsync("CLIENT", "UNPAUSE");
            Assert.Equal([new RedisReply.Text("of mine")], await mine);
        }

        await server.AskAsync("CLIENT", "KILL", "TYPE", "normal");

        await UntilAnsweredAsync(client);
    }

    [Fact]
    public async Task Who_signs_in_is_let_in_and_who_is_refused_hears_no_secret()
    {
        RedisServer.Require();
        await using var guarded = new RedisServer(["--requirepass", "right-password", "--user", "sluice", "on", ">own-password", "~*", "&*", "+@all"]);
        await guarded.InitializeAsync();
        foreach (var who in new[] { ":right-password@", "sluice:own-password@" })
        {
            await using var client = Client($"redis://{who}127.0.0.1:{guarded.Port}/2");
            Assert.Equal([new RedisReply.Text("PONG")], await client.SendAsync(new RedisPipeline().Add("PING"), default));
            Assert.Contains("db=2", ((RedisReply.Text)(await client.SendAsync(new RedisPipeline().Add("CLIENT", "INFO"), default))[0]).Value, StringComparison.Ordinal);
        }

        foreach (var who in new[] { "", ":secret-guess@", "sluice:secret-guess@" })
        {
            await using var client = Client($"redis://{who}127.0.0.1:{guarded.Port}");
            var refused = await Assert.ThrowsAsync<RedisException>(() => client.SendAsync(new RedisPipeline().Add("PING"), default));
            Assert.Matches("NOAUTH|WRONGPASS", refused.Message);
            Assert.DoesNotContain("secret-guess", refused.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tls_is_spoken_with_who_can_prove_his_name_and_with_nobody_else()
    {
        RedisServer.Require();
        var folder = Directory.CreateTempSubdirectory("sluice-redis-").FullName;
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            var (certificateFile, keyFile) = (Path.Combine(folder, "redis.crt"), Path.Combine(folder, "redis.key"));
            await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
            await using var tls = new RedisServer(["--tls-port", "{port}", "--port", "0", "--tls-cert-file", certificateFile, "--tls-key-file", keyFile, "--tls-ca-cert-file", certificateFile, "--tls-auth-clients", "no"]);
            await tls.InitializeAsync();

            Assert.Equal([new RedisReply.Text("PONG")], await AskAsync($"rediss://localhost:{tls.Port}", certificateFile));
            // Not in the certificate; not of the system's; and in the clear.
            await Assert.ThrowsAsync<RedisException>(() => AskAsync($"rediss://127.0.0.1:{tls.Port}", certificateFile));
            await Assert.ThrowsAsync<RedisException>(() => AskAsync($"rediss://localhost:{tls.Port}", ""));
            await Assert.ThrowsAsync<RedisException>(() => AskAsync($"redis://localhost:{tls.Port}", ""));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static async Task<IReadOnlyList<RedisReply>> AskAsync(string url, string roots)
        {
            await using var client = new RedisClient(RedisAddress.Parse(url)! with { RootCertificates = roots }, TimeProvider.System, Wait.Patience);
            return await client.SendAsync(new RedisPipeline().Add("PING"), default);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("$99999999999\r\n")]
    [InlineData("*1000000000\r\n")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n")]
    [InlineData("$3\r\nlonger\r\n")]
    [InlineData(":one\r\n")]
    [InlineData("endless")]
    [InlineData("endless list")]
    [InlineData("silent")]
    [InlineData("")]
    public async Task Whoever_answers_with_something_else_is_left_within_a_moment(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, answer);
        await using var client = Client($"redis://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", RedisClient.Patience);
        var before = GC.GetTotalMemory(false);

        await Assert.ThrowsAsync<RedisException>(() => client.SendAsync(new RedisPipeline().Add("PING"), default).WaitAsync(Wait.Patience));

        Assert.False(client.IsConnected);
        Assert.InRange(GC.GetTotalMemory(true) - before, long.MinValue, 200L << 20);
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task While_it_is_away_callers_hear_so_at_once()
    {
        await using var client = Client("redis://127.0.0.1:1");
        await Assert.ThrowsAsync<RedisException>(() => client.SendAsync(new RedisPipeline().Add("PING"), default));

        // Most of them: what else the machine does meets some.
        var times = new List<TimeSpan>();
        for (var i = 0; i < 1000; i++)
        {
            var asked = Stopwatch.GetTimestamp();
            await Assert.ThrowsAsync<RedisException>(() => client.SendAsync(new RedisPipeline().Add("PING"), default));
            times.Add(Stopwatch.GetElapsedTime(asked));
        }

        Assert.InRange(times.Order().ElementAt(500), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    private static RedisClient Client(string url, TimeSpan? patience = null) => new(RedisAddress.Parse(url)!, TimeProvider.System, patience ?? Wait.Patience);

    private static Task UntilAnsweredAsync(RedisClient client) => Wait.UntilAsync(
        async () =>
        {
            try
            {
                Assert.Equal([new RedisReply.Text("PONG")], await client.SendAsync(new RedisPipeline().Add("PING"), default));
                return true;
            }
            catch (RedisException)
            {
                return false;
            }
        },
        "Redis does not answer");

    private static async Task ServeAsync(TcpListener listener, string answer)
    {
        try
        {
            using var other = await listener.AcceptTcpClientAsync();
            var stream = other.GetStream();
            var bytes = Encoding.ASCII.GetBytes(answer switch { "endless" => new string('x', 4096), "endless list" => "*16000\r\n" + string.Concat(Enumerable.Repeat("$60000\r\n" + new string('x', 60_000) + "\r\n", 20)), "silent" => "", _ => answer });
            do
            {
                await stream.WriteAsync(bytes);
            }
            while (answer.StartsWith("endless", StringComparison.Ordinal));
            if (answer == "silent")
            {
                // Until the other has had enough.
                while (await stream.ReadAsync(new byte[64]) > 0)
                {
                }
            }
        }
        catch (Exception left) when (left is IOException or SocketException or ObjectDisposedException)
        {
            // As it should.
        }
    }
}
