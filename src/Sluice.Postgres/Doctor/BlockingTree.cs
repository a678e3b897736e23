using System.Collections.Immutable;
using System.Globalization;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Doctor;

/// <summary>Who waits for whom: at the root who holds the lock, below it who waits, below them who waits for those.</summary>
internal static class BlockingTree
{
    public static Check Of(ImmutableArray<WaitingSession> sessions, (TimeSpan Warning, TimeSpan Critical) limits)
    {
        var threshold = $"{Ages.Show(limits.Warning)} / {Ages.Show(limits.Critical)}";
        var waiting = sessions.Where(s => s.Waited is not null).ToList();
        if (waiting.Count == 0)
        {
            return new Check("blocked sessions", "none", threshold, Verdict.Ok);
        }

        var longest = waiting.Max(s => s.Waited!.Value);
        var roots = Roots(sessions);
        return new Check(
            "blocked sessions",
            string.Create(CultureInfo.InvariantCulture, $"{waiting.Count} wait for a lock, the longest for {Ages.Show(longest)}; {roots.Count} at the root"),
            threshold,
            longest >= limits.Critical ? Verdict.Critical : longest >= limits.Warning ? Verdict.Warning : Verdict.Ok)
        {
            Evidence = Lines(sessions, roots),
            Advice = longest < limits.Warning ? null
                : roots.FirstOrDefault(r => r > 0) is > 0 and var root ? string.Create(CultureInfo.InvariantCulture, $"Let the first one end, or end it: sluice doctor --kill {root}")
                : "A prepared transaction holds it: COMMIT PREPARED or ROLLBACK PREPARED; SELECT gid FROM pg_prepared_xacts;",
        };
    }

    // Whom somebody waits for, and who waits for nobody. In a ring of waiting ones, which the server breaks within a second, there is none: then any of it.
    private static List<int> Roots(ImmutableArray<WaitingSession> sessions)
    {
        var waiting = sessions.Where(s => s.Waited is not null).ToList();
        var roots = waiting.SelectMany(s => s.Blockers).Distinct().Except(waiting.Select(s => s.ProcessId)).ToList();
        return roots.Count > 0 ? roots : [waiting[0].ProcessId];
    }

    private static ImmutableArray<string> Lines(ImmutableArray<WaitingSession> sessions, List<int> roots)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        var shown = new HashSet<int>();
        foreach (var root in roots)
        {
            Show(root, 0);
        }

        return lines.ToImmutable();

        void Show(int process, int depth)
        {
            if (!shown.Add(process))
            {
                return;
            }

            lines.Add($"{new string(' ', 2 * depth)}{(depth == 0 ? "" : "└ ")}{Line(sessions.FirstOrDefault(s => s.ProcessId == process), process)}");
            foreach (var session in sessions.Where(s => s.Blockers.Contains(process)))
            {
                Show(session.ProcessId, depth + 1);
            }
        }
    }

    private static string Line(WaitingSession? session, int process) => (session, process) switch
    {
        (null, 0) => "a prepared transaction",
        (null, _) => string.Create(CultureInfo.InvariantCulture, $"pid {process}"),
        ({ } s, _) => string.Create(
            CultureInfo.InvariantCulture,
            $"pid {process} ({s.User}, {(s.Application.Length == 0 ? "no application name" : s.Application)}, {What(s)}): {s.Query}"),
    };

    private static string What(WaitingSession session) => session switch
    {
        { Waited: { } waited } => $"waits for {Ages.Show(waited)}",
        { Age: { } age } => $"{session.State}, open for {Ages.Show(age)}",
        _ => session.State.Length == 0 ? "hidden from this user" : session.State,
    };
}
