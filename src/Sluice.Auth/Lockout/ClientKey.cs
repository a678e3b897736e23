using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Lockout;

/// <summary>Under which names attempts are counted.</summary>
internal static class ClientKey
{
    public const string Unknown = "unknown";

    /// <summary>An IPv4 address as it is; of IPv6 the /64, because its owner has all of it.</summary>
    public static string Of(string? ip)
    {
        if (ip is null || !IPAddress.TryParse(ip, out var address))
        {
            return Unknown;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.ToString();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes) + "/64";
    }

    public static string OfDevice(string device) => "device:" + device;

    public static string OfCountry(string code) => "country:" + code;

    /// <summary>An address in lower case. Anything else by its hash: people type their password into the wrong field.</summary>
    public static string OfAccount(string identifier)
    {
        var text = identifier.Trim().ToLowerInvariant();
        return text.Length <= 254 && text.Contains('@', StringComparison.Ordinal) && !text.Any(char.IsControl)
            ? text
            : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
