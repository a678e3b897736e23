using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Sluice.Auth.Settings;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

/// <summary>A real SMTP server in a process of its own (Server/server.mjs), and what it received.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Sluice.Auth.Tests/Mail/Server");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly Task reading;
    private ImmutableList<ReceivedMail> received = [];
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MailServer(Process process, int port)
    {
        (this.process, Port) = (process, port);
        reading = ReadAsync();
    }

    public int Port { get; }

    public IReadOnlyList<ReceivedMail> Received => Volatile.Read(ref received);

    /// <param name="tls">Files of a key and a certificate: the server then wants STARTTLS and a password.</param>
    public static async Task<MailServer> StartAsync((string Key, string Certificate)? tls = null)
    {
        var process = Start("server.mjs", tls is { } files ? [files.Key, files.Certificate] : []);
        using var first = JsonDocument.Parse(await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? "{}");
        return new MailServer(process, first.RootElement.GetProperty("port").GetInt32());
    }

    /// <summary>What a validator of another house has against a page; nothing, for a good one.</summary>
    public static async Task<string> HtmlErrorsAsync(string html)
    {
        using var process = Start("html.mjs");
        await process.StandardInput.WriteAsync(html);
        process.StandardInput.Close();
        return await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
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
        using var time = new CancellationTokenSource(Patience);
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

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        await reading;
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var mail = JsonSerializer.Deserialize<ReceivedMail>(line, JsonSerializerOptions.Web)!;
            received = received.Add(mail);
            Interlocked.Exchange(ref more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    private static Process Start(string script, params string[] arguments)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Folder, "node_modules")), "not installed: .ci/mail-server");
        var start = new ProcessStartInfo("node") { WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments.Prepend(script))
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
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
