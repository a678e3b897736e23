namespace Sluice.Auth.Settings;

/// <summary>Where revocations are kept beside PostgreSQL, and what holds while none are heard of.</summary>
public sealed class RevocationOptions
{
    /// <summary>`redis://user:password@host:6379/0`, or `rediss://` for TLS; as REDIS_URL has it. Empty: without Redis. Redis 6.2 or later.</summary>
    public string RedisUrl { get; set; } = "";

    /// <summary>For `rediss://`: a file with the certificates (PEM) that the server's must descend from. Empty: those of the system.</summary>
    public string RedisRootCertificates { get; set; } = "";

    /// <summary>Before every key and the channel.</summary>
    public string RedisPrefix { get; set; } = "blacklist:";

    /// <summary>With Redis: whether `token_blacklist` has every revocation as well. Without it only those that Redis could not take.</summary>
    public bool KeepInPostgres { get; set; } = true;

    /// <summary>After so long without being able to read revocations no access token is accepted any more (503). Zero: what is in memory holds.</summary>
    public TimeSpan FailClosedAfter { get; set; }
}

/// <summary>What is wrong with them, each with what to set.</summary>
internal static class RevocationCheck
{
    public static IEnumerable<string> Problems(RevocationOptions o, TimeSpan poll)
    {
        if (o.RedisUrl.Length > 0 && RedisAddress.Parse(o.RedisUrl) is null)
        {
            // Not said as it is: it may hold a password.
            yield return "Revocation.RedisUrl (REDIS_URL) is no address of Redis. Set redis://user:password@host:6379/0, or rediss:// for TLS; in a password, write @ : / as %40 %3A %2F.";
        }

        if (o.RedisRootCertificates.Length > 0 && !File.Exists(o.RedisRootCertificates))
        {
            yield return $"Revocation.RedisRootCertificates is `{o.RedisRootCertificates}`, where there is no file. Set a file with certificates in PEM, or nothing for those of the system.";
        }

        if (o.RedisPrefix.Length is 0 or > 64)
        {
            yield return "Revocation.RedisPrefix needs 1 to 64 characters. Set `blacklist:`, the same on every node.";
        }

        if (!o.KeepInPostgres && o.RedisUrl.Length == 0)
        {
            yield return "Revocation.KeepInPostgres is off and there is no RedisUrl: revocations would be kept nowhere. Set one of the two.";
        }

        if (o.FailClosedAfter != TimeSpan.Zero && o.FailClosedAfter < poll * 2)
        {
            yield return $"Revocation.FailClosedAfter is {o.FailClosedAfter}, and revocations are read every {poll}. Set at least twice that, or zero for never.";
        }
    }
}
