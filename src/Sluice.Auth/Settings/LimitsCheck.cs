using System.Net;

namespace Sluice.Auth.Settings;

/// <summary>What is wrong with the options of lockout, rate limits, proxies and upkeep.</summary>
internal static class LimitsCheck
{
    // NIST SP 800-63B-4, 3.2.2.
    private const int MostFailures = 100;

    public static IEnumerable<string> Problems(SluiceAuthOptions o)
    {
        var lockout = o.Lockout;
        if (lockout.FailuresPerClient is < 1 or > MostFailures || lockout.FailuresPerAccount < lockout.FailuresPerClient || lockout.FailuresPerAccount > MostFailures)
        {
            yield return $"Lockout allows {lockout.FailuresPerClient} failures from a client and {lockout.FailuresPerAccount} for an account. Set 1 to {MostFailures}, for the account no less than for a client.";
        }

        if (lockout.FirstLock <= TimeSpan.Zero || lockout.LongestLock < lockout.FirstLock || lockout.LongestLock > TimeSpan.FromDays(1))
        {
            yield return $"Lockout locks for {lockout.FirstLock} up to {lockout.LongestLock}. Set a second and 15 minutes; longer than a day shuts out owners.";
        }

        if (lockout.ForgetClientAfter < lockout.LongestLock || lockout.KnownFor < lockout.ForgetClientAfter)
        {
            yield return $"Lockout.KnownFor is {lockout.KnownFor}, ForgetClientAfter {lockout.ForgetClientAfter} and LongestLock {lockout.LongestLock}. What is forgotten ends its lock: set 90 days, 24 hours and 15 minutes, none less than the next.";
        }

        foreach (var (name, limit) in new[]
        {
            (nameof(RateLimitOptions.SignInsPerClient), o.RateLimits.SignInsPerClient), (nameof(RateLimitOptions.SignInsPerName), o.RateLimits.SignInsPerName),
            (nameof(RateLimitOptions.RegistrationsPerClient), o.RateLimits.RegistrationsPerClient), (nameof(RateLimitOptions.ConfirmationsPerAccount), o.RateLimits.ConfirmationsPerAccount),
            (nameof(RateLimitOptions.RefusedRefreshesPerClient), o.RateLimits.RefusedRefreshesPerClient),
            (nameof(RateLimitOptions.ProfileChangesPerAccount), o.RateLimits.ProfileChangesPerAccount), (nameof(RateLimitOptions.AnonymousKeysPerClient), o.RateLimits.AnonymousKeysPerClient),
            (nameof(RateLimitOptions.MailsPerAddress), o.RateLimits.MailsPerAddress), (nameof(RateLimitOptions.MailsPerClient), o.RateLimits.MailsPerClient),
        }.Where(l => l.Item2.Requests < 0 || (l.Item2.Requests > 0 && l.Item2.Per <= TimeSpan.Zero)))
        {
            yield return $"RateLimits.{name} is {limit.Requests} in {limit.Per}. Set a number and the time in which it is whole again; 0 requests for no limit.";
        }

        foreach (var network in o.TrustedProxies.Where(n => !IPNetwork.TryParse(n, out _) && !IPAddress.TryParse(n, out _)))
        {
            yield return $"TrustedProxies has `{network}`, which is no network. Write it as 10.0.0.0/8 or fd00::/8, without bits set behind its length.";
        }

        if (o.CountryHeader.Length > 0 && (o.TrustedProxies.Count == 0 || !o.CountryHeader.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')))
        {
            yield return $"CountryHeader is `{o.CountryHeader}`. Set the name of a header, and TrustedProxies: from whom else it comes it is not read.";
        }

        var upkeep = o.Upkeep;
        if (upkeep.Batch is < 1 or > 100_000 || upkeep.Look <= TimeSpan.Zero || upkeep.AuditSealing <= TimeSpan.Zero || upkeep.IdleSessions <= TimeSpan.Zero || upkeep.AuditRetention < TimeSpan.FromDays(1))
        {
            yield return "Upkeep needs a Batch of 1 to 100000, times that are more than nothing, and an AuditRetention of at least a day.";
        }
    }
}
