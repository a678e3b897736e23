using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Cli.Commands;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Watching;

/// <summary>`monitor --prometheus`: the figures at `/metrics`. However many ask at once, the database is asked once a second at most.</summary>
internal sealed class Exporter(Watcher watcher) : IDisposable
{
    private const string Path = "/metrics";
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    // Prometheus gives up after ten seconds, as it comes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private const int MostConnections = 100;

    private readonly SemaphoreSlim turn = new(1);
    private string text = "";
    private long taken;

    public static async Task<Answer> RunAsync(Session session, Watcher watcher)
    {
        var endPoint = MonitorOptions.EndPoint(session);
        using var exporter = new Exporter(watcher);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Listen(endPoint);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        await using var app = builder.Build();
        app.Run(context => exporter.AnswerAsync(context, IPAddress.IsLoopback(endPoint.Address)));
        try
        {
            await app.StartAsync(session.Stop);
        }
        catch (Exception taken) when (taken is SocketException or IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException or SocketException })
        {
            throw (taken as SocketException ?? taken.InnerException) is SocketException { SocketErrorCode: not SocketError.AddressAlreadyInUse } refused
                ? new StopException($"{endPoint} cannot be listened on: {refused.Message}.", null, "`--listen` takes an address of this machine; ports below 1024 may need a right.")
                : new StopException($"{endPoint} is taken by another program.", null, "Choose another port: `--prometheus 9791`");
        }

        var link = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + Path;
        session.Terminal.Result($"Metrics: {link}");
        if (session.Json)
        {
            session.Terminal.WriteJson(json => json.WriteString("link", link));
        }

        if (!IPAddress.IsLoopback(endPoint.Address))
        {
            session.Terminal.Warn("Whoever reaches this address reads names of tables and indexes: there is no password.");
        }

        session.Terminal.Note("Ctrl-C ends.");
        try
        {
            await Task.Delay(Timeout.Infinite, session.Stop);
        }
        catch (OperationCanceledException) when (session.Stop.IsCancellationRequested)
        {
            // Ctrl-C is how it is meant to end.
        }

        await app.StopAsync(CancellationToken.None);
        return Answer.Ok;
    }

    public void Dispose() => turn.Dispose();

    private async Task AnswerAsync(HttpContext context, bool isLocal)
    {
        // A page of the web may have its own name lead here, and then read the answer.
        if (isLocal && context.Request.Host.Host is not ("localhost" or "127.0.0.1" or "[::1]"))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync("Ask for localhost.\n");
            return;
        }

        if (context.Request.Path != Path || !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync($"GET {Path}\n");
            return;
        }

        context.Response.ContentType = PrometheusText.ContentType;
        await context.Response.WriteAsync(await ReadAsync(context.RequestAborted), context.RequestAborted);
    }

    private async Task<string> ReadAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var clock = watcher.Settings.Clock;
            if (text.Length == 0 || clock.GetElapsedTime(taken) > Fresh)
            {
                var look = await watcher.LookAsync(Patience);
                await watcher.TellAsync(look);
                (text, taken) = (PrometheusText.Write(look.Figures, watcher.Settings.Address.Database), clock.GetTimestamp());
            }

            return text;
        }
        finally
        {
            turn.Release();
        }
    }
}
