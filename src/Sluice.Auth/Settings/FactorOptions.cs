namespace Sluice.Auth.Settings;

/// <summary>Second factors: authenticator apps and recovery codes.</summary>
public sealed class FactorOptions
{
    /// <summary>Who asks for the code, as authenticator apps show it. Empty for the host of the issuer.</summary>
    public string Name { get; set; } = "";

    /// <summary>For how long a sign-in waits for its second factor.</summary>
    public TimeSpan ChallengeLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many codes may be tried for one sign-in.</summary>
    public int TriesPerChallenge { get; set; } = 5;

    /// <summary>How many codes that are not right an account bears over all its sign-ins; they come back one by one. Recovery codes are counted apart.</summary>
    public RateLimit TriesPerAccount { get; set; } = new(20, TimeSpan.FromDays(1));

    /// <summary>For how long a browser need not show the second factor again, where its owner wishes so (`trustDevice`). Zero: always.</summary>
    public TimeSpan TrustDevicesFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How new a sign-in must be to change what the next ones need.</summary>
    public TimeSpan FreshFor { get; set; } = TimeSpan.FromMinutes(15);
}
