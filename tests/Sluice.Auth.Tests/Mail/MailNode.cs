using System.Net;
using System.Text.RegularExpressions;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

/// <summary>A database, an SMTP server, and nodes that send through it.</summary>
internal sealed partial class MailNode : IAsyncDisposable
{
    public const string Ada = "ada@example.com";
    public const string Fresh = "another evening, elsewhere";

    private MailNode(TestDatabase database, MailServer server, TestNode node, MovedClock clock) => (Database, Server, Node, Clock) = (database, server, node, clock);

    public TestDatabase Database { get; }

    public MailServer Server { get; }

    public TestNode Node { get; }

    public MovedClock Clock { get; }

    public static async Task<MailNode> StartAsync(Action<SluiceAuthOptions>? more = null)
    {
        var server = await MailServer.StartAsync();
        var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        return new MailNode(database, server, await StartAsync(database, server, clock, more), clock);
    }

    /// <summary>Another node of the same installation.</summary>
    public Task<TestNode> AnotherAsync(Action<SluiceAuthOptions>? more = null) => StartAsync(Database, Server, Clock, more);

    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, object body, string? token = null, TestNode? at = null)
    {
        using var response = await (at ?? Node).PostAsync(path, body, token);
        return (response.StatusCode, TraceId().Replace(await response.Content.ReadAsStringAsync(), ""));
    }

    public async Task<HttpStatusCode> StatusOfAsync(string path, object body, string? token = null, TestNode? at = null) => (await PostAsync(path, body, token, at)).Status;

    public Task<(HttpStatusCode Status, string Body)> RegisterAsync(string email = Ada, string? username = null, string password = TestNode.Password) => PostAsync("register", new { email, username, password });

    public Task<(HttpStatusCode Status, string Body)> ForgotAsync(string email = Ada) => PostAsync("password/forgot", new { email });

    public Task<HttpStatusCode> ResetAsync(string token, string newPassword = Fresh, TestNode? at = null) => StatusOfAsync("password/reset", new { token, newPassword }, at: at);

    public async Task<HttpStatusCode> TryLoginAsync(string password = TestNode.Password, string identifier = Ada) => await StatusOfAsync("login", new { identifier, password });

    /// <summary>An account whose address is confirmed, signed in for the first time; its mail is mail 1.</summary>
    public async Task<SignedIn> ConfirmedAsync(string email = Ada)
    {
        await RegisterAsync(email);
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync("email/verify", new { token = (await Server.NextAsync(email)).Token }));
        return await Node.LoginAsync(email);
    }

    /// <summary>Moves the clock when all mail is done with: one that was received and is not noted yet would be sent once more.</summary>
    public async Task LaterAsync(TimeSpan time)
    {
        await Wait.UntilAsync(async () => await QueryAsync("SELECT count(*) FROM email_logs WHERE status = 'PENDING'") is 0L, "mail still waits");
        Clock.Move(time);
    }

    public Task<object?> QueryAsync(string sql) => Database.QueryAsync(sql);

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Database.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static Task<TestNode> StartAsync(TestDatabase database, MailServer server, MovedClock clock, Action<SluiceAuthOptions>? more) => TestNode.StartAsync(
        database,
        o =>
        {
            server.Use(o);
            o.RateLimits.MailsPerAddress = o.RateLimits.MailsPerClient = default;
            more?.Invoke(o);
        },
        clock);

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();
}
