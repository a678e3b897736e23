using System.Collections.Immutable;
using Sluice.Cli.Commands;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Monitoring;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Watching;

/// <summary>Looks at a database, remembers, and tells those who want to be told.</summary>
internal sealed class Watcher
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(35);

    private readonly Session session;
    private readonly Uri? webhook;
    private readonly OtlpPush? otlp;
    private readonly List<SizeReading> unsaved = [];
    private ImmutableSortedDictionary<string, Verdict>? toldWithoutFile;
    private bool cannotRemember;

    public Watcher(Session session)
    {
        this.session = session;
        var project = SluiceJson.Read(session.Project.Folder);
        // Who scrapes has an alert manager, and no patience for other runs that use the file.
        var isScraped = session.Has(MonitorOptions.Prometheus);
        webhook = isScraped ? null : Webhook.Find(session, session.Get(MonitorOptions.Webhook), project.Monitor.Webhook);
        cannotRemember = isScraped;
        otlp = session.Get(MonitorOptions.Otlp) is { } collector ? OtlpPush.To(collector) : null;
        Thresholds = project.Monitor.Thresholds;
        Settings = LiveRun.Settings(session);
        if (session.Has(MonitorOptions.Watch) || isScraped)
        {
            // The next look is the next attempt.
            Settings = Settings with { Progress = null, Address = Settings.Address with { Retry = new RetryPolicy(0, TimeSpan.Zero) } };
        }

    }

    public Thresholds Thresholds { get; }

    public RunSettings Settings { get; }

    /// <summary>Whether what was to be told was taken, the last time.</summary>
    public bool WasHeard { get; private set; } = true;

    /// <summary>One look; it has what no single one can tell.</summary>
    public Task<Look> LookAsync(TimeSpan? patience = null) => Look.TakeAsync(Settings, Thresholds, patience ?? Patience, Remember, session.Stop);

    /// <summary>Keeps the size, tells the webhook what changed since it was told last, and the collector all.</summary>
    public async Task TellAsync(Look look)
    {
        WasHeard = true;
        await KeepAsync(look);
        if (otlp?.Push(look, Settings.Address) is { } refused)
        {
            Unheard($"The collector was not told: {refused}.");
        }
    }

    private Figures Remember(Figures figures) => figures with { Growth = SizeReadings.Growth([.. WatchState.Read(session, Settings.Address).Readings, .. unsaved], figures.At, figures.Bytes) };

    private async Task KeepAsync(Look look)
    {
        if (!cannotRemember)
        {
            try
            {
                await WatchState.ChangeAsync(session, Settings.Address, async known => new WatchedDatabase(
                    look.Figures is { } figures ? SizeReadings.Add(known.Readings, figures.At, figures.Bytes) : known.Readings, await TellAsync(look, known.Told)));
                return;
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                session.Terminal.Warn($"What was seen cannot be kept for the next time: {refused.Message} Name another folder with `--log-dir DIR`.");
                cannotRemember = true;
            }
        }

        toldWithoutFile = await TellAsync(look, toldWithoutFile ?? Breaches.None);
        if (look.Figures is { } seen)
        {
            var readings = SizeReadings.Add([.. unsaved], seen.At, seen.Bytes);
            unsaved.Clear();
            unsaved.AddRange(readings);
        }
    }

    // What it did not take is not remembered as told: the next look tries again.
    private async Task<ImmutableSortedDictionary<string, Verdict>> TellAsync(Look look, ImmutableSortedDictionary<string, Verdict> told)
    {
        if (webhook is null || Breaches.Compare(told, look) is not { IsEmpty: false } changes)
        {
            return told;
        }

        if (await Webhook.PostAsync(webhook, Settings.Address, changes, Settings.Clock.GetUtcNow(), session.Stop) is { } why)
        {
            Unheard($"The webhook at {webhook.Host} was not told: {why}.");
            return told;
        }

        return Breaches.After(told, changes);
    }

    private void Unheard(string what)
    {
        WasHeard = false;
        session.Terminal.Warn(what);
    }
}
