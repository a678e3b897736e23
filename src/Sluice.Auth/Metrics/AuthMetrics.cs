using System.Diagnostics.Metrics;

namespace Sluice.Auth.Metrics;

/// <summary>The meter `Sluice.Auth`. Labels are words of ours: no address, no id, nothing that a client sent.</summary>
internal sealed class AuthMetrics
{
    public const string Name = "Sluice.Auth";

    private readonly Meter meter;
    private readonly Counter<long> signIns;
    private readonly Counter<long> lockouts;
    private readonly Counter<long> events;
    private readonly Counter<long> limited;
    private readonly Counter<long> removed;
    private readonly Counter<long> failedJobs;
    private readonly Counter<long> mails;
    private readonly Counter<long> redisFailures;
    private readonly Histogram<double> jobTime;

    public AuthMetrics(IMeterFactory factory)
    {
        meter = factory.Create(Name);
        signIns = meter.CreateCounter<long>("sluice.auth.sign_ins", description: "Sign-ins by password, by how they ended.");
        lockouts = meter.CreateCounter<long>("sluice.auth.lockouts", description: "Locks set on a client or on an account.");
        events = meter.CreateCounter<long>("sluice.auth.events", description: "What happened to accounts and sessions, by action.");
        limited = meter.CreateCounter<long>("sluice.auth.rate_limited", description: "Requests over a rate limit.");
        removed = meter.CreateCounter<long>("sluice.auth.job.removed", description: "Rows that a job of upkeep removed or sealed.");
        failedJobs = meter.CreateCounter<long>("sluice.auth.job.failures", description: "Runs of a job of upkeep that ended in an error.");
        mails = meter.CreateCounter<long>("sluice.auth.mails", description: "Attempts to send mail, by how they ended.");
        redisFailures = meter.CreateCounter<long>("sluice.auth.redis.failures", description: "Revocations that Redis did not take, or was not there to be asked for.");
        jobTime = meter.CreateHistogram<double>("sluice.auth.job.duration", "s", "Time that a job of upkeep took.");
    }

    public void SignIn(string result) => signIns.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Lockout(string scope) => lockouts.Add(1, new KeyValuePair<string, object?>("scope", scope));

    public void Event(string action) => events.Add(1, new KeyValuePair<string, object?>("action", action));

    public void Limited(string limit) => limited.Add(1, new KeyValuePair<string, object?>("limit", limit));

    public void Mail(string result) => mails.Add(1, new KeyValuePair<string, object?>("result", result));

    public void JobEnded(string job, long rows, TimeSpan time)
    {
        var label = new KeyValuePair<string, object?>("job", job);
        removed.Add(rows, label);
        jobTime.Record(time.TotalSeconds, label);
    }

    public void JobFailed(string job) => failedJobs.Add(1, new KeyValuePair<string, object?>("job", job));

    public void RedisFailed() => redisFailures.Add(1);

    /// <summary>A number that is looked up when somebody asks: the length of a queue, the size of a list.</summary>
    public void Observe(string name, string description, Func<long> now) => meter.CreateObservableGauge(name, now, description: description);
}
