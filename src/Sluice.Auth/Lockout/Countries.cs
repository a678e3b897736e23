using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Lockout;

/// <summary>From which country somebody comes, as a trusted proxy or the host says it. Nothing is decided by it; owners are told.</summary>
internal sealed partial class Countries(IOptions<SluiceAuthOptions> options, ILogger<Countries> logger)
{
    private readonly string header = options.Value.CountryHeader;
    private readonly Func<IPAddress, string?>? find = options.Value.CountryOf;

    /// <summary>For whoever asks for it, and not before.</summary>
    /// <param name="isProxy">Whether our peer is trusted to say it.</param>
    public void Apply(HttpContext context, bool isProxy)
    {
        if (header.Length > 0 || find is not null)
        {
            var (said, client) = (isProxy && header.Length > 0 ? context.Request.Headers[header].ToString() : "", context.Connection.RemoteIpAddress);
            context.Features.Set(new ClientCountry(new Lazy<string?>(() => Read(said) ?? (client is null ? null : Find(client)))));
        }
    }

    // It is asked after a right password only: were its failure the request's, a wrong password would be answered otherwise than a right one.
    private string? Find(IPAddress client)
    {
        try
        {
            return Read(find?.Invoke(client));
        }
        catch (Exception failure)
        {
            Failed(logger, failure);
            return null;
        }
    }

    // XX is what is said of an address that nobody knows.
    private static string? Read(string? text) =>
        text?.Trim().ToUpperInvariant() is { Length: 2 } code && code != "XX" && code.All(char.IsAsciiLetterUpper) ? code : null;

    [LoggerMessage(16, LogLevel.Error, "UseCountries failed, so the country of a sign-in is not known")]
    private static partial void Failed(ILogger logger, Exception failure);
}
