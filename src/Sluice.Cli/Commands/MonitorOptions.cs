using System.CommandLine;
using System.Globalization;
using System.Net;
using Sluice.Cli.Projects;

namespace Sluice.Cli.Commands;

/// <summary>What `monitor` takes.</summary>
internal static class MonitorOptions
{
    private const int UsualPort = 9790;

    public static readonly Option<string?> Watch = new("--watch") { Description = "Look again and again, every 5 s or so often: 30s, 5m", HelpName = "EVERY", Arity = ArgumentArity.ZeroOrOne };

    public static readonly Option<string?> Prometheus = new("--prometheus") { Description = "Serve the figures to Prometheus, on port 9790 or this one", HelpName = "PORT", Arity = ArgumentArity.ZeroOrOne };

    public static readonly Option<string?> Listen = new("--listen") { Description = "With --prometheus: the address to listen on (default: 127.0.0.1, this machine alone)", HelpName = "ADDRESS" };

    public static readonly Option<string?> Otlp = new("--otlp") { Description = "Send the figures to this collector, by OTLP over HTTP", HelpName = "URL" };

    public static readonly Option<string?> Webhook = new("--webhook") { Description = "Tell this address what goes over its threshold, and what comes back", HelpName = "URL" };

    /// <exception cref="StopException">Two of them say different things.</exception>
    public static void Require(Session session)
    {
        if (session.Has(Prometheus) && new Option[] { Watch, Otlp, Webhook }.FirstOrDefault(session.Has) is { } other)
        {
            throw new StopException($"--prometheus answers whoever asks; {other.Name} does not go with it.", null, "Run two of them, or let Prometheus' alert manager tell: docs/operations/sluice-alerts.yml.");
        }

        if (session.Has(Listen) && !session.Has(Prometheus))
        {
            throw new StopException("--listen goes with --prometheus.");
        }
    }

    public static TimeSpan Every(Session session) => session.Get(Watch) is not { } text ? TimeSpan.FromSeconds(5)
        : TimeText.Read(text) ?? throw new StopException($"--watch is `{text}`; write a number and s, m or h, for example `30s`.");

    public static IPEndPoint EndPoint(Session session)
    {
        var port = session.Get(Prometheus) is not { } text ? UsualPort
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= IPEndPoint.MaxPort ? number
            : throw new StopException($"--prometheus is `{text}`; it must be a port, for example `--prometheus 9790`.");
        return session.Get(Listen) is not { } named ? new IPEndPoint(IPAddress.Loopback, port)
            : IPAddress.TryParse(named, out var address) ? new IPEndPoint(address, port)
            : throw new StopException($"--listen is `{named}`; it must be an address of this machine, for example `--listen 0.0.0.0`.");
    }
}
