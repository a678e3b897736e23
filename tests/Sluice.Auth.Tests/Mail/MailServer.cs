using System.Collections.Immutable;
using Sluice.Auth.Settings;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Mail;

/// <summary>A real SMTP server on a port of its own, and what it received. All are in one process (Server/server.mjs), which ends with ours.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private static readonly Lazy<MailProgram> Program = new(() => new MailProgram());

    private readonly int id;
    private ImmutableList<ReceivedMail> received = [];
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MailServer() => id = Program.Value.Know(Receive);

    public int Port { get; private set; }

    public IReadOnlyList<ReceivedMail> Received => Volatile.Read(ref received);

    /// <param name="tls">Files of a key and a certificate: the server then wants STARTTLS and a password.</param>
    public static async Task<MailServer> StartAsync((string Key, string Certificate)? tls = null)
    {
        var server = new MailServer();
        var answer = await Program.Value.AskAsync(server.id, new { server.id, what = "serve", key = tls?.Key, cert = tls?.Certificate });
        server.Port = answer.GetProperty("port").GetInt32();
        return server;
    }

    /// <summary>What a validator of another house has against a page; nothing, for a good one.</summary>
    public static async Task<string> HtmlErrorsAsync(string html)
    {
        var id = Program.Value.Know(_ => { });
        return (await Program.Value.AskAsync(id, new { id, what = "validate", html })).GetProperty("errors").GetString()!;
    }

    /// <summary>As options of a node have it, with links to a fixed address.</summary>
    public void Use(SluiceAuthOptions o)
    {
        o.Mail.Smtp.Host = "127.0.0.1";
        o.Mail.Smtp.Port = Port;
        o.Mail.Smtp.StartTls = false;
        o.Mail.From = "Example <no-reply@example.com>";
        o.Mail.LinkBase = "https://app.example.com/account";
        o.Mail.Product = "Example";
        o.Mail.Look = TimeSpan.FromMilliseconds(50);
        o.Mail.FirstRetry = TimeSpan.FromMilliseconds(20);
    }

    /// <summary>The mail number <paramref name="count"/> to an address, when it has come.</summary>
    public Task<ReceivedMail> NextAsync(string to, int count = 1) => NextAsync(to, count, _ => true);

    /// <summary>The same of those with such a link: two mails that wait at once arrive in any order.</summary>
    public Task<ReceivedMail> LinkAsync(string to, string path, int count = 1) => NextAsync(to, count, m => m.Text.Contains($"/{path}?token=", StringComparison.Ordinal));

    private async Task<ReceivedMail> NextAsync(string to, int count, Func<ReceivedMail, bool> isIt)
    {
        using var time = new CancellationTokenSource(Wait.Patience);
        while (true)
        {
            var wait = more.Task;
            if (Received.Where(m => m.To == to && isIt(m)).Skip(count - 1).FirstOrDefault() is { } mail)
            {
                return mail;
            }

            await wait.WaitAsync(time.Token);
        }
    }

    public async ValueTask DisposeAsync() => await Program.Value.AskAsync(id, new { id, what = "close" });

    private void Receive(ReceivedMail mail)
    {
        ImmutableInterlocked.Update(ref received, (all, one) => all.Add(one), mail);
        Interlocked.Exchange(ref more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}

/// <summary>A mail as an independent parser reads it.</summary>
internal sealed record ReceivedMail(
    string To, string From, string Subject, string Text, string Html, string MessageId, bool Secure, string User, int Parts, string[] Headers, string Raw)
{
    /// <summary>Of the link in it.</summary>
    public string Token => Text.Split("?token=")[1][..43];

    /// <summary>The six digits in it.</summary>
    public string Code => Text.Split('\n').Select(l => l.Trim()).Single(l => l.Length == 6 && l.All(char.IsAsciiDigit));
}
