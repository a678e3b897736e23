using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Shadow.Cache;

/// <summary>
/// What a replay makes is decided by the ground it begins on and the scripts so far: a hash over these, chained from
/// migration to migration, so that a script that changes changes every key after it. Names do not matter, order does.
/// </summary>
/// <param name="After">The key of the database after so many migrations.</param>
internal sealed record ReplayKeys(ImmutableArray<string> After)
{
    public static ReplayKeys Of(string ground, IEnumerable<MigrationFile> migrations)
    {
        var keys = ImmutableArray.CreateBuilder<string>();
        keys.Add(ground);
        foreach (var migration in migrations)
        {
            keys.Add(Next(keys[^1], migration.Checksum));
        }

        return new ReplayKeys(keys.ToImmutable());
    }

    /// <summary>The key after one script more.</summary>
    public string Then(string script) => Next(After[^1], Checksums.Of(Encoding.UTF8.GetBytes(script)));

    private static string Next(string key, string checksum) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{key} {checksum}")));
}
