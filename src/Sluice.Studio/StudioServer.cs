using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Postgres.Connecting;
using Sluice.Studio.Migrations;
using Sluice.Studio.Storage;
using Sluice.Studio.Web;

namespace Sluice.Studio;

/// <summary>The pages, served to this machine alone until it is disposed.</summary>
public sealed class StudioServer : IAsyncDisposable
{
    private const long LargestRequest = 64L << 20;

    private readonly WebApplication app;
    private readonly StudioDatabase database;
    private readonly DeployRun deploy;

    private StudioServer(WebApplication app, StudioDatabase database, DeployRun deploy, Uri link)
    {
        (this.app, this.database, this.deploy) = (app, database, deploy);
        Link = link;
    }

    /// <summary>Opens the page, once. Holds a secret: for the person who started it.</summary>
    public Uri Link { get; }

    /// <exception cref="ProblemException">The port is taken, or the database cannot be reached.</exception>
    public static async Task<StudioServer> StartAsync(StudioSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        // Nobody reads what a run would say on a terminal.
        settings = settings with { Run = settings.Run with { Progress = null } };
        var address = settings.Run.Address;
        // The first connection says what is wrong with the address in full.
        await using (await ServerConnection.OpenAsync(address, cancellation))
        {
        }

        var database = new StudioDatabase(address, settings.IsReadOnly);
        var gate = new Gate(settings.Port);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.ListenLocalhost(settings.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var app = builder.Build();
        app.Use((context, next) => gate.AdmitAsync(context, c => Answers.GuardAsync(c, address, next)));
        app.UseRouting();
        DataRoutes.Map(app, database);
        SchemaRoutes.Map(app, settings, database);
        var deploy = new DeployRun(settings.Tool, address);
        OperationRoutes.Map(app, settings, database, deploy, app.Lifetime.ApplicationStopping);
        app.MapFallback("{*path}", PageFiles.SendAsync); // files too, which it would leave out by itself
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException or SocketException)
        {
            await app.DisposeAsync();
            await database.DisposeAsync();
            throw new ProblemException(
                new Problem("SL5601", string.Create(CultureInfo.InvariantCulture, $"Port {settings.Port} is taken by another program."))
                {
                    Remedies = [string.Create(CultureInfo.InvariantCulture, $"Choose another: `sluice studio --port {settings.Port + 1}`"), "If it is another Studio: use its page, or end it with Ctrl-C."],
                },
                taken);
        }

        return new StudioServer(app, database, deploy, gate.Link);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await deploy.DisposeAsync();
        await database.DisposeAsync();
    }
}
