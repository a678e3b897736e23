using System.Globalization;
using System.Security.Cryptography;

namespace Sluice.Postgres.Migrations;

/// <summary>The checksums of the history table: SHA-256 over migration.sql, in lower-case hex.</summary>
public static class Checksums
{
    private const int Length = 64;

    public static string Of(ReadOnlySpan<byte> script) => Convert.ToHexStringLower(SHA256.HashData(script));

    /// <summary>True when a stored checksum is that of the script, whichever line ends it had when it was applied.</summary>
    public static bool Matches(ReadOnlySpan<byte> script, string stored)
    {
        if (IsHashOf(script, stored))
        {
            return true;
        }

        if (!script.Contains((byte)'\n'))
        {
            return false;
        }

        var unix = WithoutCarriageReturns(script);
        return IsHashOf(unix, stored) || IsHashOf(WithCarriageReturns(unix), stored);
    }

    /// <summary>The checksums that the script can have been applied with: its own first, then those of other line ends.</summary>
    internal static IEnumerable<string> Spellings(ReadOnlySpan<byte> script)
    {
        var unix = WithoutCarriageReturns(script);
        return new[] { Of(script), Of(unix), Of(WithCarriageReturns(unix)) }.Distinct(StringComparer.Ordinal);
    }

    private static bool IsHashOf(ReadOnlySpan<byte> script, string stored)
    {
        var hash = SHA256.HashData(script);
        return stored.Length is 0 or Length
            ? stored == Convert.ToHexStringLower(hash)
            // Prisma once wrote each byte without its leading zero.
            : stored == string.Concat(hash.Select(b => b.ToString("x", CultureInfo.InvariantCulture)));
    }

    private static byte[] WithoutCarriageReturns(ReadOnlySpan<byte> script)
    {
        var result = new List<byte>(script.Length);
        for (var i = 0; i < script.Length; i++)
        {
            if (script[i] != '\r' || i + 1 == script.Length || script[i + 1] != '\n')
            {
                result.Add(script[i]);
            }
        }

        return [.. result];
    }

    private static byte[] WithCarriageReturns(ReadOnlySpan<byte> script)
    {
        var result = new List<byte>(script.Length + (script.Length / 16));
        foreach (var value in script)
        {
            if (value == '\n')
            {
                result.Add((byte)'\r');
            }

            result.Add(value);
        }

        return [.. result];
    }
}
