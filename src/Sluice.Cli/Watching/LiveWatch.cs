using System.Globalization;
using Sluice.Cli.Commands;
using Sluice.Cli.Output;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Watching;

/// <summary>`monitor --watch`: on a terminal a page that is drawn anew in its place, elsewhere a line for each change.</summary>
internal static class LiveWatch
{
    public static async Task<Answer> RunAsync(Session session, Watcher watcher)
    {
        var every = MonitorOptions.Every(session);
        var seen = Breaches.None;
        Look? last = null;
        try
        {
            while (true)
            {
                var look = await watcher.LookAsync();
                if (session.Terminal.HasScreen)
                {
                    session.Terminal.Draw([session.Terminal.Ink.Faint($"{Now(watcher)}, every {Durations.Show(every)}; Ctrl-C ends"), .. MonitorCommand.Lines(look, session.Terminal.Ink)]);
                }

                var changes = Breaches.Compare(seen, look);
                foreach (var change in session.Terminal.HasScreen ? [] : changes)
                {
                    Say(session, watcher, change);
                }

                if (last is null && changes.IsEmpty && !session.Terminal.HasScreen)
                {
                    session.Terminal.Note($"No findings. Looks every {Durations.Show(every)}, and says what changes; Ctrl-C ends.");
                }

                (last, seen) = (look, Breaches.After(seen, changes));
                await watcher.TellAsync(look);
                await Task.Delay(every, session.Stop);
            }
        }
        catch (OperationCanceledException) when (session.Stop.IsCancellationRequested && last is not null)
        {
            // Ctrl-C is how it is meant to end.
            return Answer.With(last.Findings == 0 ? Outcome.Ok : Outcome.Attention, json => json.WriteNumber("findings", last.Findings));
        }
    }

    private static void Say(Session session, Watcher watcher, Breach change)
    {
        if (session.Json)
        {
            session.Terminal.WriteJson(json =>
            {
                json.WriteString("time", watcher.Settings.Clock.GetUtcNow().UtcDateTime);
                WatchText.WriteJson(json, change, text => text);
            });
        }

        session.Terminal.Result($"{Now(watcher)} {WatchText.Line(change)}");
    }

    private static string Now(Watcher watcher) => watcher.Settings.Clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
