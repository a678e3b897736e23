using System.CommandLine;
using Sluice.Cli.Output;
using Sluice.Cli.Watching;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Commands;

/// <summary>`monitor`: how large, how busy and how clean the database is.</summary>
internal static class MonitorCommand
{
    public static Command Create(Session session) =>
        new ToolCommand("monitor", "How large, how busy, how clean? Tables, indexes, connections, sessions, against thresholds", session, RunAsync)
        {
            KeepsLog = true,
            Notes = """
                Changes nothing in the database: one read-only transaction, one round trip. Exit code 1 when something is over its threshold.
                Thresholds are in sluice.json: {"monitor": {"thresholds": {"sessions": [20000, 50000], "cacheMisses": null}}}.
                Which there are: docs/monitor.md. Alert rules for Prometheus and a dashboard for Grafana: docs/operations.
                """,
            Examples =
            [
                ("monitor", "look once"),
                ("monitor --json", "every minute, by a machine; it has every table and index"),
                ("monitor --watch", "look every five seconds; Ctrl-C ends"),
                ("monitor --prometheus", "serve http://127.0.0.1:9790/metrics until Ctrl-C"),
                ("monitor --watch 1m --webhook \"$WEBHOOK_URL\"", "tell a chat what goes over its threshold, and what comes back"),
            ],
        }.With(MonitorOptions.Watch, MonitorOptions.Prometheus, MonitorOptions.Listen, MonitorOptions.Otlp, MonitorOptions.Webhook);

    private static async Task<Answer> RunAsync(Session session)
    {
        MonitorOptions.Require(session);
        var watcher = new Watcher(session);
        if (session.Has(MonitorOptions.Prometheus))
        {
            return await Exporter.RunAsync(session, watcher);
        }

        if (session.Has(MonitorOptions.Watch))
        {
            return await LiveWatch.RunAsync(session, watcher);
        }

        var look = await watcher.LookAsync();
        await watcher.TellAsync(look);
        if (look.Figures is not { } figures)
        {
            throw new ProblemException(look.Silence!);
        }

        foreach (var line in Lines(look, session.Terminal.Ink))
        {
            session.Terminal.Result(line);
        }

        return Answer.With(look.Findings == 0 && watcher.WasHeard ? Outcome.Ok : Outcome.Attention, json =>
        {
            CheckText.WriteJson(json, "checks", look.Report);
            FigureJson.Write(json, figures);
            json.WriteNumber("findings", look.Findings);
        });
    }

    /// <summary>All that a look has for people.</summary>
    public static IEnumerable<string> Lines(Look look, Ink ink) =>
    [
        .. CheckText.Lines(look.Report.Checks, ink),
        .. look.Figures is { } figures ? FigureText.Tables(figures, ink) : [],
        "",
        look.Findings == 0 ? ink.Green("No findings.") : ink.Yellow($"{DiagnosticText.Counted(look.Findings, "finding")}."),
    ];
}
