using Microsoft.Extensions.Options;
using Sluice.Auth.Lockout;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Mail;

/// <summary>How much mail strangers can cause. An address's allowance comes back sooner than its last link expires: who is flooded always has one that holds.</summary>
internal sealed class MailBudget(RateLimits rates, IOptions<SluiceAuthOptions> options)
{
    // Of a million codes, however often another one is mailed.
    private static readonly RateLimit CodesPerAddress = new(20, TimeSpan.FromDays(1));

    /// <returns>Null when the client may ask for mail.</returns>
    public Task<Refusal?> OfClientAsync(Client client, CancellationToken cancellation) =>
        rates.TakeAsync("mail_client", ClientKey.Of(client.Ip), options.Value.RateLimits.MailsPerClient, cancellation);

    /// <summary>Codes that a client types, whoever they were mailed to: as many as it may have mailed.</summary>
    /// <returns>Null when it may try one.</returns>
    public Task<Refusal?> OfCodesByAsync(Client client, CancellationToken cancellation) =>
        rates.TakeAsync("code_client", ClientKey.Of(client.Ip), options.Value.RateLimits.MailsPerClient, cancellation);

    /// <returns>Whether a code for this address is compared. The link in the same mail holds in any case.</returns>
    public async Task<bool> OfCodesForAsync(string email, CancellationToken cancellation) =>
        await rates.TakeAsync("code_address", ClientKey.OfAccount(email), CodesPerAddress, cancellation) is null;

    /// <param name="kind">Each has an allowance of its own: who asks for confirmations keeps no owner from another password.</param>
    /// <returns>Whether the address may get one. The client is not to learn which.</returns>
    public async Task<bool> OfAddressAsync(string kind, string email, CancellationToken cancellation) =>
        await rates.TakeAsync($"mail_{kind}", ClientKey.OfAccount(email), options.Value.RateLimits.MailsPerAddress, cancellation) is null;
}
