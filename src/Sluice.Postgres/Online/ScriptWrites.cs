using System.Collections.Immutable;
using Npgsql;
using Sluice.Lint;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Text;

namespace Sluice.Postgres.Online;

/// <summary>
/// What a script does to rows no catalog shows. Carried out online none of its statements is run, so whatever writes must
/// be said by `--set`, or it would be recorded as applied and never have happened.
/// </summary>
internal static class ScriptWrites
{
    private const int Widest = 80;

    /// <exception cref="ProblemException">SL5123.</exception>
    public static async Task RequireToldAsync(NpgsqlConnection connection, MigrationFile migration, VersionPlan plan, ImmutableArray<GivenExpression> given, CancellationToken cancellation)
    {
        var script = migration.Script;
        var source = new SourceText(migration.Path, script);
        var untold = new List<string>();
        foreach (var write in RowWrite.In(script))
        {
            var text = script[write.Span.Start..write.Span.End];
            if (write.IsQuery ? await BackfillDefinition.IsVolatileAsync(connection, text, cancellation) : !IsTold(write, plan, given))
            {
                untold.Add($"  line {source.Position(write.Span.Start).Line}: {(text.Length > Widest ? text[..Widest] + "…" : text).ReplaceLineEndings(" ")}");
            }
        }

        if (untold.Count > 0)
        {
            throw OnlineGuards.Unfit(
                $"Migration `{migration.Name}` writes rows, or may, and online none of its statements is run:\n{string.Join('\n', untold)}",
                "If it gives a changed column its values, say so to `sluice migrate online start`: `--set \"table.column = …\"`, for each column that it writes.",
                "Or put it into a migration of its own, before or after: sluice migrate dev --create-only",
                "Or apply all of it plainly: sluice migrate deploy");
        }
    }

    // A script may call a table by either of its names.
    private static bool IsTold(RowWrite write, VersionPlan plan, ImmutableArray<GivenExpression> given)
    {
        var versions = plan.Tables.FirstOrDefault(t => t.Old.Name == write.Table?.Name || t.New.Name == write.Table?.Name);
        return versions is not null
            && write.Columns.Items.All(c => given.Any(g => g.Option == "--set" && g.Column == c && (g.Table == versions.Old.Name || g.Table == versions.New.Name)));
    }
}
