using System.Net;

namespace Sluice.Auth.Settings;

/// <summary>Everything that a host may say; the parts have classes of their own.</summary>
public sealed class SluiceAuthOptions
{
    /// <summary>Where the accounts are: an URL as DATABASE_URL has it.</summary>
    public string DatabaseUrl { get; set; } = "";

    /// <summary>The `iss` of every token: this service's own address as clients see it, `https://auth.example.com`.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The `aud` of every token: who may accept it.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Seals signing keys, second factors, waiting mails, kept responses, the audit log, device cookies, and what sessions and codes are known by: 32 random bytes
    /// in base64, the same on every node. `openssl rand -base64 32` makes one.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Secrets of before: they open what they sealed, and seal nothing. `keys reseal` seals it anew; then they can go.</summary>
    public IList<string> PreviousSecrets { get; } = [];

    /// <summary>Words that no password may consist of, as the name of the application.</summary>
    public IList<string> ContextWords { get; } = [];

    /// <summary>Applies the migrations of Sluice.Auth's own tables at start. For development; elsewhere `sluice migrate deploy` does it.</summary>
    public bool MigrateOnStart { get; set; }

    /// <summary>Whether a new account may sign in at once, and its registration answers with a session. Otherwise the answer is the same for a
    /// new and a known address, and the account waits until its address is confirmed. Not set: only where no mail can be sent (<see cref="Mail"/>).</summary>
    public bool? AutoConfirm { get; set; }

    /// <summary>Whether a registration must bring a user name, as for a `username` column that must not be null.</summary>
    public bool RequireUsername { get; set; }

    /// <summary>Whether a registration must bring a display name, as for a `name` column that must not be null.</summary>
    public bool RequireDisplayName { get; set; }

    public PasswordOptions Passwords { get; } = new();

    public TokenOptions Tokens { get; } = new();

    public SessionOptions Sessions { get; } = new();

    public RevocationOptions Revocation { get; } = new();

    /// <summary>Who is known to the authorization server: services that ask about tokens, applications that get them (docs/auth-provider.md).</summary>
    public IList<ClientOptions> Clients { get; } = [];

    public FactorOptions Factors { get; } = new();

    public RoleOptions Roles { get; } = new();

    public AllowListOptions AllowList { get; } = new();

    public IdentityOptions Identities { get; } = new();

    public IdempotencyOptions Idempotency { get; } = new();

    public TableOptions Tables { get; } = new();

    public LockoutOptions Lockout { get; } = new();

    public RateLimitOptions RateLimits { get; } = new();

    public RefreshCookieOptions Cookies { get; } = new();

    public UpkeepOptions Upkeep { get; } = new();

    public MailOptions Mail { get; } = new();

    /// <summary>Networks (`10.0.0.0/8`) of the proxies whose X-Forwarded-For is believed. Empty: nobody's.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>A header in which those proxies say the client's country (`CF-IPCountry`), in two letters of ISO 3166. Empty: none is read. See also <see cref="UseCountries"/>.</summary>
    public string CountryHeader { get; set; } = "";

    internal Func<IPAddress, string?>? CountryOf { get; private set; }

    /// <summary>Says the country of an address, in two letters of ISO 3166; null for one that it does not know. Asked when somebody signs in, and must be quick: of a file in memory, not of a service.</summary>
    public void UseCountries(Func<IPAddress, string?> find) => CountryOf = find;

    /// <summary>Routes that are not mapped, by their name in <see cref="AuthRoutes"/>.</summary>
    public ISet<string> DisabledRoutes { get; } = new HashSet<string>(StringComparer.Ordinal);

    internal bool ConfirmsAtOnce => AutoConfirm ?? !Mail.IsOn;
}

/// <summary>Length and strength of passwords, and what hashing them may cost.</summary>
public sealed class PasswordOptions
{
    /// <summary>In code points. NIST SP 800-63B-4: 15 where the password is the only factor.</summary>
    public int MinimumLength { get; set; } = 15;

    /// <summary>In code points, where the account has a second factor.</summary>
    public int MinimumLengthWithFactor { get; set; } = 8;

    /// <summary>In code points; a bound on work, not on strength.</summary>
    public int MaximumLength { get; set; } = 256;

    /// <summary>For new hashes. <see cref="PasswordAlgorithm.Strongest"/> is Argon2id where the system has it.</summary>
    public PasswordAlgorithm Algorithm { get; set; }

    /// <summary>What one hash takes of memory.</summary>
    public int Argon2MemoryKiB { get; set; } = 19_456;

    /// <summary>Passes over that memory.</summary>
    public int Argon2Iterations { get; set; } = 2;

    /// <summary>Lanes of one hash.</summary>
    public int Argon2Parallelism { get; set; } = 1;

    /// <summary>One more doubles the time.</summary>
    public int BcryptCost { get; set; } = 12;

    /// <summary>Rounds of HMAC-SHA-512.</summary>
    public int Pbkdf2Iterations { get; set; } = 210_000;

    /// <summary>How many passwords are hashed at once; the others wait. 0 for one less than there are processors, at least one.</summary>
    public int ParallelHashes { get; set; }

    /// <summary>How many may wait before the next is answered with 503.</summary>
    public int WaitingHashes { get; set; } = 128;
}

/// <summary>How passwords are hashed.</summary>
public enum PasswordAlgorithm
{
    /// <summary>Argon2id, or PBKDF2 where libsodium and libargon2 are absent.</summary>
    Strongest,
    Argon2id,
    Bcrypt,
    Pbkdf2,
}

/// <summary>Access tokens.</summary>
public sealed class TokenOptions
{
    /// <summary>`ES256`, `RS256` or `HS256`.</summary>
    public string Algorithm { get; set; } = "ES256";

    /// <summary>For HS256: at least 32 bytes, as JWT_SECRET has it.</summary>
    public string HmacSecret { get; set; } = "";

    /// <summary>Of an access token.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How far the clocks of two machines may be apart.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a new key is published before it signs; verifiers keep a key set for half of it.</summary>
    public TimeSpan KeyPropagation { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>After which time a key gets a successor. Zero for never by itself.</summary>
    public TimeSpan KeyAge { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often the keys are read anew.</summary>
    public TimeSpan KeyRefresh { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the list of revoked tokens is read anew, should nothing have been heard of it.</summary>
    public TimeSpan RevocationPoll { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The `client_id` of tokens that a sign-in on this service's own routes gets.</summary>
    public string ClientId { get; set; } = "first-party";
}

/// <summary>Sessions and their refresh tokens.</summary>
public sealed class SessionOptions
{
    /// <summary>From sign-in; no refresh prolongs it.</summary>
    public TimeSpan AbsoluteLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Without a refresh.</summary>
    public TimeSpan IdleLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>For how long a superseded refresh token answers with its successor, as long as that one is unused; later it is theft.</summary>
    public TimeSpan ReplayWindow { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>What becomes of a refresh by what seems to be another device than the one that signed in.</summary>
    public FingerprintPolicy Fingerprint { get; set; }
}

/// <summary>Whether a session is bound to the kind of browser and system, and the language, that it began with.</summary>
public enum FingerprintPolicy
{
    /// <summary>A change is announced and audited (`session_fingerprint_changed`); the session goes on.</summary>
    Notify,

    /// <summary>A refresh by another is refused (`session_fingerprint_refused`); the session goes on where it was.</summary>
    Refuse,

    Ignore,
}
