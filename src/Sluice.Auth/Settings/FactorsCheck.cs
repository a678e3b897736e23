namespace Sluice.Auth.Settings;

/// <summary>What is wrong with the options of second factors.</summary>
internal static class FactorsCheck
{
    public static IEnumerable<string> Problems(FactorOptions o)
    {
        if (o.Name.Contains(':', StringComparison.Ordinal) || Uri.EscapeDataString(o.Name).Length > 120)
        {
            yield return $"Factors.Name is `{o.Name}`. Set the name of the application in at most 120 letters, without a colon: authenticator apps take what follows one for the account.";
        }

        if (o.ChallengeLifetime < TimeSpan.FromSeconds(30) || o.ChallengeLifetime > TimeSpan.FromMinutes(15) || o.TriesPerChallenge is < 1 or > 10)
        {
            yield return $"Factors.ChallengeLifetime is {o.ChallengeLifetime} and TriesPerChallenge {o.TriesPerChallenge}. Set five minutes (15 at most) and 5 (10 at most).";
        }

        if (o.TriesPerAccount.Requests < 1 || o.TriesPerAccount.Requests > 100 || o.TriesPerAccount.Per < TimeSpan.FromHours(1))
        {
            yield return $"Factors.TriesPerAccount is {o.TriesPerAccount.Requests} in {o.TriesPerAccount.Per}. Six digits are guessed where there is no limit: set 20 in a day (100 at most, an hour at least).";
        }

        if (o.TrustDevicesFor < TimeSpan.Zero || o.TrustDevicesFor > TimeSpan.FromDays(365))
        {
            yield return $"Factors.TrustDevicesFor is {o.TrustDevicesFor}. Set 30 days (365 at most), or zero, so that every sign-in shows the second factor.";
        }

        if (o.FreshFor < TimeSpan.FromMinutes(1) || o.FreshFor > TimeSpan.FromDays(1))
        {
            yield return $"Factors.FreshFor is {o.FreshFor}. Set 15 minutes (a minute at least, a day at most).";
        }
    }
}
