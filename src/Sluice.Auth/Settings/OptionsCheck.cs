using System.Text;
using Microsoft.Extensions.Options;

namespace Sluice.Auth.Settings;

/// <summary>What is wrong with the options, each with what to set; a host does not start with any of it.</summary>
internal sealed class OptionsCheck : IValidateOptions<SluiceAuthOptions>
{
    private const int SecretBytes = 32;

    public ValidateOptionsResult Validate(string? name, SluiceAuthOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(SluiceAuthOptions o)
    {
        if (o.DatabaseUrl.Length == 0)
        {
            yield return "DatabaseUrl is empty. Set it to where the accounts are, for example postgresql://user:password@localhost:5432/app.";
        }

        if (!Uri.TryCreate(o.Issuer, UriKind.Absolute, out var issuer) || issuer.Scheme is not ("https" or "http") || issuer.Query.Length > 0 || o.Issuer.EndsWith('/'))
        {
            yield return $"Issuer is `{o.Issuer}`. Set it to this service's address as its clients see it, without a slash at the end: https://auth.example.com.";
        }
        else if (issuer.Scheme == "http" && !issuer.IsLoopback)
        {
            yield return $"Issuer is `{o.Issuer}`, and tokens must not travel in the clear. Set an https address; http is for localhost.";
        }

        if (o.Sessions.Fingerprint is FingerprintPolicy.Refuse && o.Tables.Absent.Contains("sessions.fingerprint"))
        {
            yield return "Sessions.Fingerprint is Refuse, and Tables.Absent has `sessions.fingerprint`: nothing could be compared. Add the column (text), or set another.";
        }

        if (o.Audience.Length == 0)
        {
            yield return "Audience is empty. Set it to the name of the service that accepts the tokens, for example https://api.example.com.";
        }

        foreach (var problem in OfTokens(o).Concat(OfPasswords(o.Passwords)).Concat(OfSessions(o.Sessions)).Concat(OfIdempotency(o.Idempotency)).Concat(LimitsCheck.Problems(o)).Concat(RefreshCookieCheck.Problems(o.Cookies)).Concat(MailCheck.Problems(o)).Concat(FactorsCheck.Problems(o.Factors)).Concat(IdentitiesCheck.Problems(o.Identities)).Concat(RolesCheck.Problems(o)).Concat(AllowListCheck.Problems(o.AllowList)).Concat(ClientsCheck.Problems(o)).Concat(RevocationCheck.Problems(o.Revocation, o.Tokens.RevocationPoll)))
        {
            yield return problem;
        }

        if (o.Tables.Absent.Contains("users.emailVerified") && !o.ConfirmsAtOnce)
        {
            yield return "Tables.Absent has `users.emailVerified`, and accounts wait until it is set. Add the column, or set AutoConfirm to true.";
        }

        foreach (var (isSet, option, column) in new[] { (o.RequireUsername, nameof(o.RequireUsername), "users.username"), (o.RequireDisplayName, nameof(o.RequireDisplayName), "users.name") })
        {
            if (isSet && o.Tables.Absent.Contains(column))
            {
                yield return $"{option} is set, and Tables.Absent has `{column}`: nobody could register. Add the column, or set {option} to false.";
            }
        }

        if (!Enum.IsDefined(o.Tables.Ids))
        {
            yield return $"Tables.Ids is {o.Tables.Ids}. Set {string.Join(", ", Enum.GetNames<IdKind>())}.";
        }

        if (!Enum.IsDefined(o.Tables.Columns))
        {
            yield return $"Tables.Columns is {o.Tables.Columns}. Set {string.Join(", ", Enum.GetNames<ColumnStyle>())}.";
        }

        if (o.DisabledRoutes.Except(AuthRoutes.All, StringComparer.Ordinal).ToList() is { Count: > 0 } unknown)
        {
            yield return $"DisabledRoutes names {string.Join(", ", unknown.Select(r => $"`{r}`"))}, which are no routes. There are: {string.Join(", ", AuthRoutes.All)}.";
        }
    }

    private static IEnumerable<string> OfTokens(SluiceAuthOptions o)
    {
        switch (o.Tokens.Algorithm)
        {
            case "HS256" when Encoding.UTF8.GetByteCount(o.Tokens.HmacSecret) < SecretBytes:
                yield return $"Tokens.HmacSecret (JWT_SECRET) has fewer than {SecretBytes} bytes, which can be guessed from any token. Set one from `openssl rand -base64 48`.";
                break;
            case not ("ES256" or "RS256" or "HS256"):
                yield return $"Tokens.Algorithm is `{o.Tokens.Algorithm}`. Set ES256, RS256 or HS256.";
                break;
        }

        // With HS256 as well: every service that accepts tokens has JWT_SECRET, and must not be able to seal.
        if (!IsSecret(o.Secret))
        {
            yield return $"Secret is not {SecretBytes} bytes in base64. It seals signing keys, second factors, waiting mails, kept responses, the audit log, device cookies, and what sessions and codes are known by: set the same one on every node, from `openssl rand -base64 32`.";
        }

        if (o.PreviousSecrets.Any(s => !IsSecret(s) || s == o.Secret))
        {
            yield return $"PreviousSecrets has one that is not {SecretBytes} bytes in base64, or is Secret itself. Set what Secret was before, or nothing.";
        }

        if (o.Tokens.ClientId.Length == 0)
        {
            yield return "Tokens.ClientId is empty. Set the `client_id` that tokens are to have: first-party.";
        }

        if (o.Tokens.Lifetime < TimeSpan.FromMinutes(1) || o.Tokens.Lifetime > TimeSpan.FromDays(1))
        {
            yield return $"Tokens.Lifetime is {o.Tokens.Lifetime}. Set something between a minute and a day.";
        }

        if (o.Tokens.ClockSkew < TimeSpan.Zero || o.Tokens.ClockSkew > TimeSpan.FromSeconds(30))
        {
            yield return $"Tokens.ClockSkew is {o.Tokens.ClockSkew}. Set at most 30 seconds, and keep the machines' clocks in step.";
        }

        if (o.Tokens.RevocationPoll < TimeSpan.FromMilliseconds(100))
        {
            yield return $"Tokens.RevocationPoll is {o.Tokens.RevocationPoll}. Set five seconds.";
        }

        if (o.Tokens.KeyRefresh <= TimeSpan.Zero || o.Tokens.KeyPropagation < o.Tokens.KeyRefresh * 2)
        {
            yield return $"Tokens.KeyPropagation is {o.Tokens.KeyPropagation} and KeyRefresh {o.Tokens.KeyRefresh}. A new key must be read everywhere before it signs: set the first to at least twice the second.";
        }

        if (o.Tokens.KeyAge != TimeSpan.Zero && o.Tokens.KeyAge < o.Tokens.KeyPropagation)
        {
            yield return $"Tokens.KeyAge is {o.Tokens.KeyAge} and KeyPropagation {o.Tokens.KeyPropagation}. A key would get a successor before it signs: set 90 days, or zero for never.";
        }
    }

    private static IEnumerable<string> OfPasswords(PasswordOptions o)
    {
        if (!Enum.IsDefined(o.Algorithm))
        {
            yield return $"Passwords.Algorithm is {o.Algorithm}. Set {string.Join(", ", Enum.GetNames<PasswordAlgorithm>())}.";
        }

        if (o.MinimumLength < 8 || o.MinimumLength > o.MaximumLength || o.MaximumLength < 64 || o.MaximumLength > 4096)
        {
            yield return $"Passwords may have {o.MinimumLength} to {o.MaximumLength} characters. Set MinimumLength to 8 or more (15 where there is no second factor), MaximumLength to 64 up to 4096.";
        }

        if (o.MinimumLengthWithFactor < 8 || o.MinimumLengthWithFactor > o.MaximumLength)
        {
            yield return $"Passwords.MinimumLengthWithFactor is {o.MinimumLengthWithFactor}. Set 8 or more.";
        }

        if (o.Argon2MemoryKiB is < 7168 or > HashLimits.MostMemoryKiB || o.Argon2Iterations is < 1 or > HashLimits.MostPasses || o.Argon2Parallelism is < 1 or > HashLimits.MostLanes)
        {
            yield return $"Argon2 with {o.Argon2MemoryKiB} KiB, {o.Argon2Iterations} passes and {o.Argon2Parallelism} lanes is out of bounds. Set 19456, 2 and 1; {HashLimits.MostMemoryKiB}, {HashLimits.MostPasses} and {HashLimits.MostLanes} are the most.";
        }

        if (o.BcryptCost is < 10 or > HashLimits.HighestCost)
        {
            yield return $"BcryptCost is {o.BcryptCost}. Set 10 to 16.";
        }

        if (o.Pbkdf2Iterations is < 210_000 or > HashLimits.MostIterations)
        {
            yield return $"Pbkdf2Iterations is {o.Pbkdf2Iterations}. Set 210000 or more, up to {HashLimits.MostIterations}.";
        }

        if (o.ParallelHashes < 0 || o.WaitingHashes < 0)
        {
            yield return "ParallelHashes and WaitingHashes must not be negative.";
        }

        // Without it composed and decomposed letters would be two passwords, and nobody would see why.
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00e9")
        {
            yield return "This process cannot normalise Unicode. Set <InvariantGlobalization>false</InvariantGlobalization> in the host's project and install ICU (Debian: libicu72).";
        }
    }

    private static IEnumerable<string> OfSessions(SessionOptions o)
    {
        if (o.AbsoluteLifetime <= TimeSpan.Zero || o.IdleLifetime <= TimeSpan.Zero)
        {
            yield return "Sessions.AbsoluteLifetime and IdleLifetime must be more than nothing. Set 30 days.";
        }

        if (!Enum.IsDefined(o.Fingerprint))
        {
            yield return $"Sessions.Fingerprint is {o.Fingerprint}. Set Notify, Refuse or Ignore.";
        }

        if (o.ReplayWindow < TimeSpan.Zero || o.ReplayWindow > TimeSpan.FromHours(1))
        {
            yield return $"Sessions.ReplayWindow is {o.ReplayWindow}. Set two minutes; an hour is the most.";
        }
    }

    private static IEnumerable<string> OfIdempotency(IdempotencyOptions o)
    {
        if (o.Lease < TimeSpan.FromSeconds(3) || o.Lease > TimeSpan.FromMinutes(10) || o.Lifetime < o.Lease)
        {
            yield return $"Idempotency.Lease is {o.Lease} and Lifetime {o.Lifetime}. Set the first to between 3 seconds and 10 minutes (30 seconds), the second to more (24 hours).";
        }

        if (o.MaximumBody is < 1 or > 1 << 28)
        {
            yield return $"Idempotency.MaximumBody is {o.MaximumBody} bytes. Set 1 to {1 << 28} (1048576).";
        }
    }

    private static bool IsSecret(string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        return Convert.TryFromBase64String(text, bytes, out var written) && written == SecretBytes;
    }
}
