using System.Net.Mail;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Metrics;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Mail;

/// <summary>Sends what waits, and decides what becomes of what could not be sent. On every node; they share the work.</summary>
internal sealed partial class Delivery(
    Outbox outbox, Templates templates, IMailSender sender, AuthMetrics metrics, IOptions<SluiceAuthOptions> options, TimeProvider clock, ILogger<Delivery> log) : BackgroundService
{
    private const int AtOnce = 8;
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly MailOptions settings = options.Value.Mail;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!outbox.IsOpen)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunAsync(stoppingToken) < AtOnce)
                {
                    await outbox.WaitAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception down) when (down is NpgsqlException or TimeoutException or SocketException)
            {
                NoDatabase(log, (down as PostgresException)?.SqlState ?? down.GetType().Name);
                await Task.Delay(settings.Look, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>One round: what is due, at most <see cref="AtOnce"/> mails, at the same time.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var due = await outbox.ClaimAsync(AtOnce, cancellation);
        // What is begun is ended, also when the host stops meanwhile.
        await Task.WhenAll(due.Select(SendAsync));
        return due.Count;
    }

    private async Task SendAsync(DueLetter letter)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (letter.Content is null || letter.Expires <= now || letter.Bounces >= settings.BouncesBeforeSilence)
        {
            await GiveUpAsync(letter, letter.Bounces >= settings.BouncesBeforeSilence ? "address_returns_mail" : "too_late");
            return;
        }

        try
        {
            using var time = new CancellationTokenSource(settings.SendTimeout);
            await sender.SendAsync(templates.Write(letter, outbox.Open(letter.Id, letter.Content)), time.Token);
        }
        catch (MailRefusedException refused)
        {
            metrics.Mail("bounced");
            Refused(log, letter.Id, letter.Template, refused.Message);
            await outbox.RefusedAsync(letter.Id, refused.Message);
            return;
        }
        catch (CryptographicException)
        {
            await GiveUpAsync(letter, "sealed_with_another_secret");
            return;
        }
        // A sender may be anybody's: whatever it throws, its mail is tried again.
        catch (Exception failure) when (failure is not NpgsqlException)
        {
            await LaterAsync(letter, now, Reason(failure));
            return;
        }

        metrics.Mail("sent");
        await outbox.SentAsync(letter.Id);
    }

    // The server's status; where there is none, what kept us from it: its certificate, the network.
    private static string Reason(Exception failure) => failure switch
    {
        SmtpException { StatusCode: not SmtpStatusCode.GeneralFailure } smtp => $"smtp_{(int)smtp.StatusCode}",
        SmtpException { InnerException: { } inner } => inner.GetType().Name,
        SmtpException => "smtp_not_secure",
        _ => failure.GetType().Name,
    };

    private async Task LaterAsync(DueLetter letter, DateTime now, string error)
    {
        var pause = Math.Min(settings.FirstRetry.TotalSeconds * Math.Pow(2, Math.Min(letter.Attempts - 1, 20)), LongestPause.TotalSeconds);
        // Not all at the same moment, when a server comes back.
        var next = now + TimeSpan.FromSeconds(pause * (1 + (RandomNumberGenerator.GetInt32(1000) / 4000.0)));
        if (next >= letter.Expires)
        {
            await GiveUpAsync(letter, error);
            return;
        }

        metrics.Mail("retried");
        NotSent(log, letter.Id, letter.Template, letter.Attempts, error);
        await outbox.LaterAsync(letter.Id, next, error);
    }

    private async Task GiveUpAsync(DueLetter letter, string error)
    {
        metrics.Mail("failed");
        GivenUp(log, letter.Id, letter.Template, error);
        await outbox.FailedAsync(letter.Id, error);
    }

    [LoggerMessage(EventId = 8001, Level = LogLevel.Warning, Message = "Mail {Id} ({Template}) was not sent at attempt {Attempt} ({Error}); it is tried again")]
    private static partial void NotSent(ILogger log, string id, string template, int attempt, string error);

    [LoggerMessage(EventId = 8002, Level = LogLevel.Error, Message = "Mail {Id} ({Template}) was given up ({Error})")]
    private static partial void GivenUp(ILogger log, string id, string template, string error);

    [LoggerMessage(EventId = 8003, Level = LogLevel.Warning, Message = "Mail {Id} ({Template}) was refused by its address ({Error})")]
    private static partial void Refused(ILogger log, string id, string template, string error);

    [LoggerMessage(EventId = 8004, Level = LogLevel.Warning, Message = "Mail waits, the database cannot be reached ({Error})")]
    private static partial void NoDatabase(ILogger log, string error);
}
