using System.Collections.Immutable;
using Sluice.Postgres.Running;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;
using Sluice.Text;

namespace Sluice.Postgres.Shadow;

/// <summary>
/// Statements applied over and over until no more of them succeed: so every one finds what it needs, in whatever order and
/// file it stands. As many as go together are sent together; one that fails is left out and tried again, alone, in the next round.
/// </summary>
internal static class UnorderedStatements
{
    private const int MostTogether = 2_000;

    public static async Task<ImmutableArray<RefusedStatement>> ApplyAsync(ShadowDatabase shadow, List<(SourceText File, SqlStatement Statement)> pending, CancellationToken cancellation)
    {
        while (true)
        {
            var failures = await RoundAsync(shadow, pending, cancellation);
            if (failures.Length == pending.Count)
            {
                return failures;
            }

            pending = [.. failures.Select(f => (f.File, f.Statement))];
        }
    }

    private static async Task<ImmutableArray<RefusedStatement>> RoundAsync(ShadowDatabase shadow, List<(SourceText File, SqlStatement Statement)> pending, CancellationToken cancellation)
    {
        var failures = ImmutableArray.CreateBuilder<RefusedStatement>();
        for (var (at, most) = (0, MostTogether); at < pending.Count;)
        {
            var together = pending.Skip(at).Take(most).TakeWhile(p => GoesWithOthers(p.Statement.Text(p.File.Text))).Select(p => p.Statement.Text(p.File.Text)).ToList();
            if (together.Count > 1)
            {
                if (await shadow.TryAsync(string.Join("\n;\n", together), cancellation) is not { } failure)
                {
                    at += together.Count;
                    most = most < MostTogether ? 1 : most;
                    continue;
                }

                // Nothing stays but what was committed before. What stands between goes again, without the one that failed; where it was the COMMIT, by halves.
                var committed = failure.Segment?.First ?? 0;
                var before = failure.Index - committed;
                at += committed;
                most = Math.Max(1, failure.Index < together.Count ? before : before / 2);
                continue;
            }

            var (file, statement) = pending[at++];
            most = MostTogether;
            if (await shadow.TryAsync(Alone(file.Text, statement), cancellation) is { } refusal)
            {
                failures.Add(new RefusedStatement(file, statement, refusal));
            }
        }

        return failures.ToImmutable();
    }

    /// <summary>It leaves nothing in its session, and needs no transaction of its own.</summary>
    private static bool GoesWithOthers(string statement) =>
        Segmentation.Of(statement) is { Segments: [Segment.Transaction], Statements.Length: 1 } cut && !cut.MayLeaveTraces();

    // Blanks before it keep its place in the file.
    private static string Alone(string script, SqlStatement statement)
    {
        var start = statement.Span.Start;
        return string.Create(statement.Span.End, (script, start), static (text, from) =>
        {
            from.script.AsSpan(0, text.Length).CopyTo(text);
            foreach (ref var c in text[..from.start])
            {
                c = c is '\n' ? '\n' : ' ';
            }
        });
    }
}

/// <summary>A statement that finds what it needs in no order.</summary>
internal sealed record RefusedStatement(SourceText File, SqlStatement Statement, ScriptFailure Failure);
