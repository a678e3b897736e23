using System.Security.Cryptography;

namespace Sluice.EntityFrameworkCore.Ids;

/// <summary>`nanoid(n)`: n characters of a URL-safe alphabet of 64, from a cryptographic source (https://github.com/ai/nanoid).</summary>
public static class NanoId
{
    public const int DefaultLength = 21;

    private const string Alphabet = "useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";

    /// <param name="length">2 to 255.</param>
    public static string New(int length = DefaultLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 255);
        return RandomNumberGenerator.GetString(Alphabet, length);
    }
}
