using System.Collections.Immutable;
using System.Globalization;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Sql;
using Sluice.Sql.Lexing;
using Sluice.Text;

namespace Sluice.Postgres.Shadow;

/// <summary>A schema with the SQL files beside it: what they make together in a scratch database.</summary>
public static class Declaration
{
    /// <summary>The schema's own catalog where there are no SQL files.</summary>
    /// <exception cref="ProblemException">SL5008 statements that cannot be applied, SL5009 they change what the schema says, P3014 no shadow database.</exception>
    public static Task<Database> CatalogAsync(RunSettings settings, Database schema, CancellationToken cancellation = default) =>
        settings.SqlFiles.IsEmpty ? Task.FromResult(schema) : Operation.RunAsync(settings, async () =>
        {
            await using var shadow = await ShadowDatabase.OpenAsync(settings, cancellation);
            await ApplyAsync(shadow, settings, [new SourceText("", Migration.Script(Database.Empty with { DefaultSchema = schema.DefaultSchema }, schema)), .. settings.SqlFiles], cancellation);
            var made = await shadow.ReadAsync(cancellation);
            var declared = DeclaredCatalog.Of(schema, made);
            var left = Migration.Plan(declared with { SeesObjects = false, Objects = [], Dependencies = [] }, made with { SeesObjects = false, Objects = [], Dependencies = [] });
            return left.IsEmpty ? declared : throw new ProblemException(Contradiction(left));
        });

    /// <summary>
    /// Statement by statement, each on its own, over and over until no more of them succeed: so every one finds what it
    /// needs, in whatever order and file it stands.
    /// </summary>
    private static async Task ApplyAsync(ShadowDatabase shadow, RunSettings settings, ImmutableArray<SourceText> files, CancellationToken cancellation)
    {
        var pending = files.SelectMany(f => StatementSplitter.Split(f.Text).Select(s => (File: f, Statement: s))).ToList();
        while (pending.Count > 0)
        {
            var failures = new List<((SourceText File, SqlStatement Statement) Item, ScriptFailure Failure)>();
            foreach (var item in pending)
            {
                if (await shadow.TryAsync(Alone(item.File.Text, item.Statement), cancellation) is { } failure)
                {
                    failures.Add((item, failure));
                }
            }

            if (failures.Count == pending.Count)
            {
                throw new ProblemException(Refused([.. failures.Select(f => f.Failure.Describe(null, f.Item.File.Path, settings.Address))]), failures[0].Failure.Cause);
            }

            pending = [.. failures.Select(f => f.Item)];
        }
    }

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

    private static Problem Refused(ImmutableArray<FailedStatement> failed)
    {
        var others = failed.Skip(1).Select(f => string.Create(CultureInfo.InvariantCulture, $"{(f.File is { Length: > 0 } file ? file : "schema.prisma")}:{f.Line}: {f.Error.SqlState} {f.Error.Message}"));
        return new Problem("SL5008", string.Join('\n', ["The SQL files beside the schema cannot be applied to an empty database that has the schema's tables.", .. others.Prepend("Besides the statement below:").Take(failed.Length > 1 ? 20 : 0)]))
        {
            Statement = failed[0] with { State = "Only a scratch database was touched, and it is gone again." },
            Remedies = ["Statements may stand in any order and file: each is tried until what it needs is there. What is left needs something that none of them makes, or is wrong in itself."],
        };
    }

    private static Problem Contradiction(MigrationPlan left) => new("SL5009", $"The SQL files beside the schema change what the schema says itself:\n{PlanSummary.Write(left).TrimEnd()}")
    {
        Remedies = ["Write columns, keys and enum values of the schema's models into the schema, and what it cannot say into the SQL files."],
    };
}
