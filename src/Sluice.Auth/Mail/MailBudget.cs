using Microsoft.Extensions.Options;
using Sluice.Auth.Lockout;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Mail;

/// <summary>How much mail strangers can cause. An address's allowance comes back sooner than its last link expires: who is flooded always has one that holds.</summary>
internal sealed class MailBudget(RateLimits rates, IOptions<SluiceAuthOptions> options)
{
    /// <returns>Null when the client may ask for mail.</returns>
    public Task<Refusal?> OfClientAsync(Client client, CancellationToken cancellation) =>
        rates.TakeAsync("mail_client", ClientKey.Of(client.Ip), options.Value.RateLimits.MailsPerClient, cancellation);

    /// <returns>Whether the address may get one. The client is not to learn which.</returns>
    public async Task<bool> OfAddressAsync(string email, CancellationToken cancellation) =>
        await rates.TakeAsync("mail_address", ClientKey.OfAccount(email), options.Value.RateLimits.MailsPerAddress, cancellation) is null;
}
