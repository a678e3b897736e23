using System.Security.Cryptography;
using Sluice.Auth.Tokens;
using Xunit;

namespace Sluice.Auth.Tests.Tokens;

/// <summary>Both ways to an HMAC give what .NET's gives, and RFC 4231.</summary>
public sealed class SecretMacTests
{
    // RFC 4231, 4.2 to 4.4, 4.7 and 4.8.
    [Theory]
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [InlineData("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")]
    [InlineData("131*aa", "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")]
    public void It_is_what_the_RFC_says(string key, string data, string expected)
    {
        var secret = key.StartsWith("131*", StringComparison.Ordinal) ? Enumerable.Repeat((byte)0xAA, 131).ToArray() : Convert.FromHexString(key);

        Assert.Equal(expected, Convert.ToHexStringLower(new SecretMac(secret).Of(Convert.FromHexString(data))));
        Assert.Equal(expected, Convert.ToHexStringLower(new SecretMac(secret, isPortable: true).Of(Convert.FromHexString(data))));
    }

    [Fact]
    public void It_is_what_NET_says_of_secrets_and_messages_of_all_lengths()
    {
        var random = new Random(20261122);
        for (var length = 0; length < 300; length++)
        {
            var (secret, data) = (new byte[length % 150], new byte[length * (length % 7 == 0 ? 40 : 1)]);
            random.NextBytes(secret);
            random.NextBytes(data);

            Assert.Equal(HMACSHA256.HashData(secret, data), new SecretMac(secret).Of(data));
            Assert.Equal(HMACSHA256.HashData(secret, data), new SecretMac(secret, isPortable: true).Of(data));
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Threads_do_not_disturb_one_another(bool isPortable)
    {
        byte[] secret = [1, 2, 3];
        var mac = new SecretMac(secret, isPortable);
        Parallel.For(0, 20_000, i =>
        {
            var data = new byte[i % 700];
            data.AsSpan().Fill((byte)i);
            Assert.Equal(HMACSHA256.HashData(secret, data), mac.Of(data));
        });
    }

    [Fact]
    public void Here_it_is_OpenSSL_s_own()
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib") && Directory.EnumerateFiles("/usr/lib", "libcrypto.so.3", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true }).Any(), "there is no OpenSSL 3 here");
        Assert.True(SecretMac.IsHere);
    }
}
