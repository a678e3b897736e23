using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Tokens;

/// <summary>
/// Another service's public keys, read at intervals and never because a token asks for it: a new key is published long before it signs.
/// Until they were read no token is accepted; those that were read hold while their service is away.
/// </summary>
internal sealed partial class RemoteKeys(KeyRing ring, IOptions<SluiceTokensOptions> options, TimeProvider clock, ILogger<RemoteKeys> log) : BackgroundService
{
    private const int LargestAnswer = 1 << 16;
    private const int SmallestModulus = 2048;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly SluiceTokensOptions settings = options.Value;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.HmacSecret.Length > 0)
        {
            ring.Replace([TokenKey.OfSecret(settings.HmacSecret)]);
            return;
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = settings.KeyRefresh })
        {
            Timeout = Patience,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        var address = new Uri(settings.KeySetUrl.Length > 0 ? settings.KeySetUrl : $"{settings.Issuer.TrimEnd('/')}/.well-known/jwks.json");
        while (!stoppingToken.IsCancellationRequested)
        {
            var isRead = await TryReadAsync(client, address, stoppingToken);
            await Task.Delay(isRead || ring.Keys.Count > 0 ? settings.KeyRefresh : Soon, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryReadAsync(HttpClient client, Uri address, CancellationToken stop)
    {
        try
        {
            using var json = JsonDocument.Parse(await client.GetByteArrayAsync(address, stop));
            ring.Replace(Read(json.RootElement));
            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or FormatException or CryptographicException or InvalidOperationException or KeyNotFoundException
            || (failure is OperationCanceledException && !stop.IsCancellationRequested))
        {
            Unread(log, address, failure.Message);
            return false;
        }
        catch (OperationCanceledException)
        {
            Stopped(log);
            return false;
        }
    }

    /// <summary>Those of the two kinds that we know; a key set may hold others, for others.</summary>
    private static List<TokenKey> Read(JsonElement set)
    {
        var keys = new List<TokenKey>();
        foreach (var key in set.GetProperty("keys").EnumerateArray().Where(k => Text(k, "kid") is not null))
        {
            switch (Text(key, "alg"))
            {
                case "ES256" when Text(key, "kty") == "EC" && Text(key, "crv") == "P-256":
                    using (var curve = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } }))
                    {
                        keys.Add(TokenKey.OfPublic(Text(key, "kid")!, "ES256", curve.ExportSubjectPublicKeyInfo()));
                    }

                    break;
                case "RS256" when Text(key, "kty") == "RSA":
                    using (var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") }))
                    {
                        if (rsa.KeySize >= SmallestModulus)
                        {
                            keys.Add(TokenKey.OfPublic(Text(key, "kid")!, "RS256", rsa.ExportSubjectPublicKeyInfo()));
                        }
                    }

                    break;
            }
        }

        return [.. keys.DistinctBy(k => k.Kid)];
    }

    private static string? Text(JsonElement key, string name) => key.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(Text(key, name) ?? throw new FormatException($"A key has no `{name}`."));

    [LoggerMessage(21, LogLevel.Warning, "The keys at {Address} could not be read, those in memory hold: {Reason}")]
    private static partial void Unread(ILogger log, Uri address, string reason);

    [LoggerMessage(22, LogLevel.Debug, "Reading keys was stopped with the host.")]
    private static partial void Stopped(ILogger log);
}
