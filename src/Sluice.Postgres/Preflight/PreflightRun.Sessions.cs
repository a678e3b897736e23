using System.Globalization;

namespace Sluice.Postgres.Preflight;

public static partial class PreflightRun
{
    private static IEnumerable<Check> Sessions(ServerFacts facts, CheckLimits limits)
    {
        var hidden = facts.Server.HiddenSessions;
        var dumps = facts.Transactions.Where(t => t.IsDump).ToList();
        var idle = facts.Transactions.Where(t => !t.IsDump && t.IsIdle && t.StateAge >= limits.IdleInTransaction.Warning).ToList();
        var open = facts.Transactions.Where(t => !t.IsDump && !t.IsIdle && t.Age >= limits.Transaction.Warning).ToList();

        yield return Found("long transactions", open, t => t.Age, limits.Transaction, hidden)
            with { Advice = open.Count == 0 ? null : "It holds its locks, and CREATE INDEX CONCURRENTLY waits for it: let it end, or end it: sluice doctor --kill PID" };
        yield return Found("idle in transaction", idle, t => t.StateAge, limits.IdleInTransaction, hidden)
            with { Advice = idle.Count == 0 ? null : "A client forgot to commit: end it, sluice doctor --kill PID" };
        yield return dumps.Count > 0
            ? new Check("running dumps", List(dumps.Select(d => d.ToString()), dumps.Count), "none", Verdict.Warning)
            {
                Advice = "It holds a lock on every table, for which each ALTER TABLE waits: let it end first.",
            }
            : hidden > 0 ? Hidden("running dumps", "none", hidden) : new Check("running dumps", "none", "none", Verdict.Ok);
    }

    private static Check Found(
        string name,
        List<ServerFacts.OpenTransaction> found,
        Func<ServerFacts.OpenTransaction, TimeSpan> ageOf,
        (TimeSpan Warning, TimeSpan Critical) limits,
        long hidden)
    {
        var threshold = $"{Ages.Show(limits.Warning)} / {Ages.Show(limits.Critical)}";
        return found.Count > 0
            ? new Check(name, List(found.Select(f => f.ToString()), found.Count), threshold, found.Exists(f => ageOf(f) >= limits.Critical) ? Verdict.Critical : Verdict.Warning)
            : hidden > 0 ? Hidden(name, threshold, hidden) : new Check(name, "none", threshold, Verdict.Ok);
    }

    private static Check Hidden(string name, string threshold, long hidden) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"none in sight; {hidden} sessions of others are hidden from this user"), threshold, Verdict.Unknown)
        {
            Advice = "GRANT pg_read_all_stats TO <user>;",
        };

    private static Check Prepared(ServerFacts facts, CheckLimits limits) => facts.Prepared.IsEmpty
        ? new Check("prepared transactions", "none", $"none / {Ages.Show(limits.Prepared)}", Verdict.Ok)
        : new Check(
            "prepared transactions",
            List(facts.Prepared.Select(p => $"{p.Name} ({Ages.Show(p.Age)})"), facts.Prepared.Length),
            $"none / {Ages.Show(limits.Prepared)}",
            facts.Prepared.Any(p => p.Age >= limits.Prepared) ? Verdict.Critical : Verdict.Warning)
        {
            Advice = $"It keeps its locks until it is decided: COMMIT PREPARED or ROLLBACK PREPARED '{facts.Prepared[0].Name.Replace("'", "''", StringComparison.Ordinal)}';",
        };

    private static IEnumerable<Check> Replication(ServerFacts facts, CheckLimits limits)
    {
        var threshold = $"{Ages.Show(limits.ReplicaLag.Warning)} / {Ages.Show(limits.ReplicaLag.Critical)}";
        var count = string.Create(CultureInfo.InvariantCulture, $"{facts.Replicas.Count} replicas");
        yield return facts.Replicas switch
        {
            { Count: 0 } => new Check("replica lag", "no replicas", threshold, Verdict.Ok),
            { BytesBehind: null } => new Check("replica lag", $"{count}, whose state is hidden from this user", threshold, Verdict.Unknown) { Advice = "GRANT pg_read_all_stats TO <user>;" },
            var (_, bytes, behind) => new Check(
                "replica lag",
                $"{count}, the slowest {Ages.Bytes(bytes.Value)} and {Ages.Show(behind ?? TimeSpan.Zero)} behind",
                threshold,
                behind >= limits.ReplicaLag.Critical ? Verdict.Critical : behind >= limits.ReplicaLag.Warning ? Verdict.Warning : Verdict.Ok),
        };

        var retained = facts.Slots.Length == 0 ? 0 : facts.Slots.Max(s => s.RetainedBytes ?? 0);
        var worrying = facts.Slots.Where(s => !s.Active || s.Lost || s.RetainedBytes >= limits.RetainedByReplicas.Warning).ToList();
        yield return new Check(
            "replication slots",
            worrying.Count == 0
                ? facts.Slots.IsEmpty ? "none" : "all in use"
                : List(worrying.Select(s => $"{s.Name} ({(s.Lost ? "lost" : s.Active ? "in use" : "unused")}, keeps {Ages.Bytes(s.RetainedBytes ?? 0)} of WAL)"), worrying.Count),
            $"in use, {Ages.Bytes(limits.RetainedByReplicas.Warning)} / {Ages.Bytes(limits.RetainedByReplicas.Critical)}",
            worrying.Count == 0 ? Verdict.Ok : retained >= limits.RetainedByReplicas.Critical || worrying.Exists(s => s.Lost) ? Verdict.Critical : Verdict.Warning)
        {
            Advice = worrying.Exists(s => !s.Active) ? "A slot that nobody reads keeps WAL until the disk is full: SELECT pg_drop_replication_slot(name);" : null,
        };
    }
}
