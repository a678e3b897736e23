namespace Sluice.Postgres.Monitoring;

public static partial class FigureBook
{
    private const string CleanUp = "The clean-up does not run.";

    private static Figure[] Accounts =>
    [
        new("sessions", "sluice_sessions_active", Unit.Count, "Sessions that are not over.", f => [.. Each(f, isSessions: true, t => new Sample(t.Active ?? t.Total, Held(t)) { Label = $"sessions {t.Name}" }), .. Uncounted(f, "sessions", "user_sessions").Select(u => u.Sample with { Label = $"sessions {u.Name}" })])
        {
            Label = "sessions", IsJudged = true, Limit = new(1000, 5000), Advice = "As many as there are people? Then raise the threshold: monitor.thresholds.sessions in sluice.json.",
        },
        new("sessionUsers", "sluice_session_users", Unit.Count, "Different users among the active sessions.", f => Each(f, isSessions: true, t => t.Users is { } users ? new Sample(users) : null)),
        new("sessionBytes", "sluice_sessions_bytes", Unit.Bytes, "Size of the table of sessions.", f => Each(f, isSessions: true, t => new Sample(t.Bytes))),
        new("denylist", "sluice_denylist_entries", Unit.Count, "Revoked tokens that are on the denylist.", f => Each(f, isSessions: false, t => new Sample(t.Total))),
        new("denylistBytes", "sluice_denylist_bytes", Unit.Bytes, "Size of the denylist.", f => Each(f, isSessions: false, t => new Sample(t.Bytes))),
        new("expired", "sluice_expired_rows", Unit.Count, "Rows of sessions and of the denylist that are over.", Expired)
        {
            Label = "expired", IsJudged = true, Limit = new(10_000, 1_000_000), Advice = CleanUp,
        },
        new("failedLogins", "sluice_failed_logins", Unit.InAnHour, "Failed logins of the last hour.", f => f.Auth.FailedLogins is { } failed ? [new Sample(failed, Text($"{failed:#,0} in the last hour"))] : [.. Uncounted(f, "audit_logs").Take(1).Select(u => u.Sample)])
        {
            Label = "failed logins", IsJudged = true, Limit = new(10, 50), Advice = "Somebody guesses: see from where, in the audit log.",
        },
        new("lockedOut", "sluice_locked_out", Unit.Count, "Accounts and clients that are locked.", f => f.Auth.LockedOut is { } locked ? [new Sample(locked, Text($"{locked:#,0} now"))] : [.. Uncounted(f, "auth_attempts", "users").Take(1).Select(u => u.Sample)])
        {
            Label = "locked out", IsJudged = true, Limit = new(10, 100), Advice = "Somebody guesses: see whom, in the table of attempts.",
        },
        new("events", "sluice_audit_events", Unit.Count, "Events of the last hour in the audit log.", f => f.Auth.Events.Select(e => new Sample(e.Count) { Labels = [("action", e.Action)] })),
    ];

    private static IEnumerable<Sample> Each(Figures figures, bool isSessions, Func<ExpiringTable, Sample?> sample) =>
        figures.Auth.Tables.Where(t => t.IsSessions == isSessions).Select(t => sample(t) is { } one ? one with { Labels = [("table", t.Name)] } : null).OfType<Sample>();

    private static IEnumerable<(string Name, Sample Sample)> Uncounted(Figures figures, params string[] kinds) =>
        figures.Auth.Uncounted.Where(u => kinds.Contains(u.Kind)).Select(u => (u.Name, Unknown(u.IsLate
            ? $"{u.Name} was not read within {FigureQueries.EachCount}, the time for its kind"
            : $"{u.Name} is large without an index, held by somebody, or under a policy")));

    private static IEnumerable<Sample> Expired(Figures figures) => figures.Auth.Tables.Where(t => !t.IsSessions || t.Expired is not null).Select(t =>
        new Sample(t.Expired ?? 0, t.IsSessions ? Text($"{t.Expired:#,0}") : Held(t)) { Label = $"{(t.IsSessions ? "expired" : "denylist")} {t.Name}", Labels = [("table", t.Name)] })
        .Concat(Uncounted(figures, "token_blacklist", "revoked_tokens").Select(u => u.Sample with { Label = $"denylist {u.Name}" }));

    private static string Held(ExpiringTable table)
    {
        var users = table.Users is { } count ? Text($" of {count:#,0} users") : "";
        return table switch
        {
            { Active: null } => Text($"about {table.Total:#,0}"),
            { Recent: { } recent } => Text($"{table.Active:#,0} active of {table.Total:#,0}{users}, {recent:#,0} used in the last seven days"),
            _ => Text($"{table.Active:#,0}{(table.Active >= 200_000 ? " or more" : "")} active of {table.Total:#,0}{users}"),
        };
    }
}
