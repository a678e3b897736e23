using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Redis;

/// <summary>A connection that is open, signed in, and on its database.</summary>
internal sealed class RedisSocket : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Stream stream;
    private readonly RespReader reader;

    private RedisSocket(Stream stream)
    {
        this.stream = stream;
        reader = new RespReader(stream);
    }

    /// <exception cref="RedisException">Why not, in words that hold no secret.</exception>
    public static async Task<RedisSocket> OpenAsync(RedisAddress address, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(address.Host, address.Port), patience.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (address.IsTls)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsClientAsync(Trust(address), patience.Token);
            }

            var opened = new RedisSocket(stream);
            await opened.GreetAsync(address, patience.Token);
            return opened;
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            if (IsLost(failure) || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                throw new RedisException($"Redis at {address} cannot be reached: {Reason(failure)}", failure);
            }

            throw;
        }
    }

    /// <summary>What a connection ends with.</summary>
    public static bool IsLost(Exception failure) =>
        failure is RedisException or SocketException or IOException or AuthenticationException or CryptographicException or ObjectDisposedException;

    public ValueTask SendAsync(RedisPipeline commands, CancellationToken cancellation) => stream.WriteAsync(commands.Bytes, cancellation);

    public Task<RedisReply> ReadAsync(CancellationToken cancellation) => reader.ReadAsync(cancellation);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task GreetAsync(RedisAddress address, CancellationToken cancellation)
    {
        var greeting = new RedisPipeline();
        if (address.Password is { } password)
        {
            _ = address.User is { } user ? greeting.Add("AUTH", user, password) : greeting.Add("AUTH", password);
        }

        if (address.Database > 0)
        {
            greeting.Add("SELECT", address.Database.ToString(CultureInfo.InvariantCulture));
        }

        // Also where there is nothing to say: what answers is Redis, and lets us in.
        greeting.Add("PING");
        await SendAsync(greeting, cancellation);
        for (var i = 0; i < greeting.Count; i++)
        {
            if (await ReadAsync(cancellation) is RedisReply.Error refused)
            {
                throw new RedisException(refused.Code);
            }
        }
    }

    private static SslClientAuthenticationOptions Trust(RedisAddress address)
    {
        var trust = new SslClientAuthenticationOptions { TargetHost = address.Host };
        if (address.RootCertificates.Length > 0)
        {
            var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            chain.CustomTrustStore.ImportFromPemFile(address.RootCertificates);
            trust.CertificateChainPolicy = chain;
        }

        return trust;
    }

    private static string Reason(Exception failure) => failure is OperationCanceledException ? "it does not answer" : failure.Message;
}
