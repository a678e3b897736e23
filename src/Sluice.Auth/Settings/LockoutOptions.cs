namespace Sluice.Auth.Settings;

/// <summary>What guessing passwords costs the one who guesses, and not the owner.</summary>
public sealed class LockoutOptions
{
    /// <summary>Wrong passwords in a row for one address from one client before that client waits.</summary>
    public int FailuresPerClient { get; set; } = 10;

    /// <summary>Wrong passwords in a row for one address from anywhere before clients that never signed in to it wait. NIST SP 800-63B-4: at most 100.</summary>
    public int FailuresPerAccount { get; set; } = 50;

    /// <summary>The first wait; each further failure doubles it.</summary>
    public TimeSpan FirstLock { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Where doubling ends.</summary>
    public TimeSpan LongestLock { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>After so long without an attempt a client starts anew. The account does not: its row ends with a right password or a reset, or <see cref="KnownFor"/> after the last attempt.</summary>
    public TimeSpan ForgetClientAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>For how long a client from which the right password came, or a device with our cookie, is not held up by what others do.</summary>
    public TimeSpan KnownFor { get; set; } = TimeSpan.FromDays(90);
}

/// <summary>How often something may be asked for, counted by all nodes together.</summary>
/// <param name="Requests">So many at once.</param>
/// <param name="Per">After this time all of them are there again; they come back one by one.</param>
public readonly record struct RateLimit(int Requests, TimeSpan Per = default);

/// <summary>Limits on the routes that cost much or tell much. `Requests` of 0 is no limit.</summary>
public sealed class RateLimitOptions
{
    /// <summary>Sign-ins of one client, right or wrong; second factors are counted apart, as many.</summary>
    public RateLimit SignInsPerClient { get; set; } = new(120, TimeSpan.FromMinutes(1));

    /// <summary>Sign-ins to one address or name, by whomever. A browser with our cookie for the account has an allowance of its own.</summary>
    public RateLimit SignInsPerName { get; set; } = new(60, TimeSpan.FromMinutes(1));

    /// <summary>Registrations of one client, whatever comes of them.</summary>
    public RateLimit RegistrationsPerClient { get; set; } = new(100, TimeSpan.FromMinutes(10));

    /// <summary>Passwords that somebody who is signed in confirms, right or wrong, for one account.</summary>
    public RateLimit ConfirmationsPerAccount { get; set; } = new(30, TimeSpan.FromMinutes(1));

    /// <summary>Refresh tokens that are refused. One that holds costs nothing here: its session has only one successor at a time.</summary>
    public RateLimit RefusedRefreshesPerClient { get; set; } = new(120, TimeSpan.FromMinutes(1));

    /// <summary>Changes of names and metadata.</summary>
    public RateLimit ProfileChangesPerAccount { get; set; } = new(60, TimeSpan.FromMinutes(1));

    /// <summary>Requests with an `Idempotency-Key` by who is not signed in: each may leave an answer that is kept.</summary>
    public RateLimit AnonymousKeysPerClient { get; set; } = new(120, TimeSpan.FromMinutes(1));

    /// <summary>Mails that anybody can have sent to an address. Over it nothing is sent, and the answer is the same.</summary>
    public RateLimit MailsPerAddress { get; set; } = new(5, TimeSpan.FromHours(1));

    /// <summary>Requests for mails, whoever they are for.</summary>
    public RateLimit MailsPerClient { get; set; } = new(30, TimeSpan.FromHours(1));
}
