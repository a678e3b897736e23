using System.Net;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

/// <summary>Time says no more than the answer.</summary>
[Collection(nameof(Alone))]
public sealed class TimingTests(ITestOutputHelper output)
{
    [Theory, InlineData("password/forgot", MailNode.Ada), InlineData("email/verify/resend", "waiting@example.com")]
    public async Task Bar_14_a_mail_that_is_asked_for_takes_as_long_for_an_address_that_is_nobodys(string path, string owner)
    {
        await using var at = await MailNode.StartAsync(o => o.Mail.Look = TimeSpan.FromMinutes(1));
        await at.ConfirmedAsync();
        await at.RegisterAsync("waiting@example.com");
        string[] addresses = [owner, "nobody@example.com"];

        await output.AlikeAsync(
            ["known", "unknown"],
            rounds: 150,
            async (which, _) => Assert.Equal(HttpStatusCode.Accepted, await at.StatusOfAsync(path, new { email = addresses[which] })),
            () => Task.CompletedTask);
    }
}
