using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>Tells a history that a squash stands for what it has: one row for all of them, and no statement of theirs is run.</summary>
internal static class Superseding
{
    /// <exception cref="ProblemException">SL5045: the database has a part of what a squash stands for.</exception>
    public static async Task RunAsync(RunSession session, MigrationFolder folder, HistoryState state, CancellationToken cancellation)
    {
        RequireWhole(folder, state);
        if (state.Unrecorded.IsEmpty)
        {
            return;
        }

        var history = session.HistoryOf(folder);
        await RecordedRun.RunAsync(
            session.Connection,
            session.Settings,
            async run =>
            {
                foreach (var name in state.Unrecorded)
                {
                    await session.CommitAsync(Applied(history, folder.Require(name), session.Settings.Clock.GetUtcNow()), cancellation);
                    await run.MarkedAppliedAsync(history.Table, name);
                }

                return true;
            },
            cancellation);
    }

    /// <summary>The commands that mark a migration as applied, and those it stands for as past, in one transaction.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Applied(IHistory history, MigrationFile migration, DateTimeOffset now) =>
        history.Supersede(migration, [.. migration.Replaces.Select(r => r.Name)], now);

    /// <exception cref="ProblemException">SL5045.</exception>
    public static void RequireWhole(MigrationFolder folder, HistoryState state)
    {
        if (state.PartlySquashed is not [var part, ..])
        {
            return;
        }

        throw new ProblemException(new Problem("SL5045", Describe(part))
        {
            Remedies = part.Absent.IsEmpty
                ?
                [
                    "If the database is all the same what the squash makes (look: sluice migrate diff --from-url \"$DATABASE_URL\" --to-schema schema.prisma), mark it:",
                    $"sluice migrate resolve --applied {ShellWord.Quote(part.Squash)}",
                ]
                :
                [
                    $"Check out the commit before the squash (git log --diff-filter=A -- {ShellWord.Quote(folder.Require(part.Squash).Path)}), apply the rest there: sluice migrate deploy",
                    "Then come back here and run this command again: it marks the squash as applied.",
                ],
        });
    }

    private static string Describe(PartialSquash part)
    {
        static string Some(IReadOnlyCollection<string> names) => string.Join(", ", names.Take(5)) + (names.Count > 5 ? ", …" : "");

        return $"`{part.Squash}` stands for {part.Applied.Length + part.Absent.Length} migrations, and the database has another history, so nothing is applied."
            + (part.Absent.IsEmpty ? "" : $"\n  applied: {part.Applied.Length}, up to {part.Applied[^1]}\n  not applied: {Some(part.Absent)}")
            + (part.Different.IsEmpty ? "" : $"\n  applied with another text: {Some(part.Different)}");
    }
}
