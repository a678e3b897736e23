using System.Security.Cryptography;

namespace Sluice.Postgres.Migrations;

/// <summary>The checksums of the history table.</summary>
public static class Checksums
{
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
