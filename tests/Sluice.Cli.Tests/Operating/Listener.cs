using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Sluice.Cli.Tests.Operating;

/// <summary>Somebody on the web who is told things.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<(string Path, string Body)> heard = new();

    private Listener()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await Task.Delay(Pause, context.RequestAborted);
            context.Response.StatusCode = Answer;
            if (Answer == 200)
            {
                // Texts stand in protobuf as they are.
                heard.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            }
        });
    }

    public string Address { get; private set; } = "";

    public int Answer { get; set; } = 200;

    public TimeSpan Pause { get; set; }

    public static async Task<Listener> StartAsync()
    {
        var listener = new Listener();
        await listener.app.StartAsync(TestContext.Current.CancellationToken);
        listener.Address = listener.app.Urls.Single();
        return listener;
    }

    /// <summary>What was said since this was asked last.</summary>
    public IReadOnlyList<(string Path, string Body)> Take()
    {
        var all = new List<(string, string)>();
        while (heard.TryDequeue(out var one))
        {
            all.Add(one);
        }

        return all;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
