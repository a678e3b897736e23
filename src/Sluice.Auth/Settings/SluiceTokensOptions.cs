using System.Text;
using Microsoft.Extensions.Options;

namespace Sluice.Auth.Settings;

/// <summary>For a service that accepts tokens and has no accounts of its own.</summary>
public sealed class SluiceTokensOptions
{
    /// <summary>The `iss` of the tokens; its keys are read from `/.well-known/jwks.json` below it.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The `aud` of the tokens: this service.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Where the keys are, should it be elsewhere: an address within the network, say.</summary>
    public string KeySetUrl { get; set; } = "";

    /// <summary>For HS256, instead of a key set: what the issuer signs with.</summary>
    public string HmacSecret { get; set; } = "";

    /// <summary>How often the keys are read; more often than the issuer's KeyPropagation.</summary>
    public TimeSpan KeyRefresh { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Where revocations are heard of, by its RedisUrl. Without it a token holds here until it expires.</summary>
    public RevocationOptions Revocation { get; } = new();

    /// <summary>How often revocations are read anew, should nothing have been heard of them.</summary>
    public TimeSpan RevocationPoll { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The role that `sluice_admin` asks for: the issuer's Roles.Administrator.</summary>
    public string Administrator { get; set; } = "ADMIN";

    /// <summary>How far the clocks of two machines may be apart.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>What is wrong with them, each with what to set.</summary>
internal sealed class TokensOptionsCheck : IValidateOptions<SluiceTokensOptions>
{
    public ValidateOptionsResult Validate(string? name, SluiceTokensOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(SluiceTokensOptions o)
    {
        if (!IsSafe(o.Issuer))
        {
            yield return $"Issuer is `{o.Issuer}`. Set it to the https address of the service that issues the tokens, as their `iss` has it; http is for localhost.";
        }

        if (o.Audience.Length == 0)
        {
            yield return "Audience is empty. Set it to what the `aud` of tokens for this service is.";
        }

        if (o.HmacSecret.Length > 0 && Encoding.UTF8.GetByteCount(o.HmacSecret) < 32)
        {
            yield return "HmacSecret has fewer than 32 bytes. Set the issuer's JWT_SECRET, which has more.";
        }

        if (o.KeySetUrl.Length > 0 && !IsSafe(o.KeySetUrl))
        {
            yield return $"KeySetUrl is `{o.KeySetUrl}`. Whoever changes keys on their way makes tokens: set an https address (http is for localhost), or leave it empty.";
        }

        foreach (var problem in RevocationCheck.Problems(o.Revocation, o.RevocationPoll))
        {
            yield return problem;
        }

        if (o.RevocationPoll < TimeSpan.FromMilliseconds(100))
        {
            yield return $"RevocationPoll is {o.RevocationPoll}. Set five seconds.";
        }

        if (o.KeyRefresh < TimeSpan.FromSeconds(1) || o.ClockSkew < TimeSpan.Zero || o.ClockSkew > TimeSpan.FromSeconds(30))
        {
            yield return $"KeyRefresh is {o.KeyRefresh} and ClockSkew {o.ClockSkew}. Set five minutes, and at most 30 seconds.";
        }
    }

    private static bool IsSafe(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback));
}
