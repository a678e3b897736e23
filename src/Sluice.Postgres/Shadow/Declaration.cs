using System.Collections.Immutable;
using System.Globalization;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Sql;
using Sluice.Sql.Files;
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
            var (made, refused) = await MakeAsync(settings, schema, cancellation);
            if (!refused.IsEmpty)
            {
                throw new ProblemException(Refused([.. refused.Select(r => r.Failure.Describe(null, r.File.Path, settings.Address))]), refused[0].Failure.Cause);
            }

            var declared = DeclaredCatalog.Of(schema, made);
            var left = Migration.Plan(declared with { SeesObjects = false, Objects = [], Dependencies = [] }, made with { SeesObjects = false, Objects = [], Dependencies = [] });
            return left.IsEmpty ? declared : throw new ProblemException(Contradiction(left));
        });

    /// <summary>What a scratch database has after the schema and as many statements of the files as succeed.</summary>
    internal static async Task<(Database Made, ImmutableArray<RefusedStatement> Refused)> MakeAsync(RunSettings settings, Database schema, CancellationToken cancellation)
    {
        await using var shadow = await ShadowDatabase.OpenAsync(settings, cancellation);
        var script = new SourceText("", Migration.Script(Database.Empty with { DefaultSchema = schema.DefaultSchema }, schema));
        var statements = settings.SqlFiles.Prepend(script).SelectMany(f => StatementSplitter.Split(f.Text).Select(s => (File: f, Statement: s))).ToList();
        var ground = statements.Where(s => s.File == script || Groundwork.Is(s.Statement, s.File.Text)).ToList();
        var refused = await ApplyAsync(shadow, ground, cancellation);
        refused = await ApplyAsync(shadow, [.. refused.Select(r => (r.File, r.Statement)), .. statements.Except(ground)], cancellation);
        return (await shadow.ReadAsync(cancellation), refused);
    }

    /// <summary>
    /// Statement by statement, each on its own, over and over until no more of them succeed: so every one finds what it
    /// needs, in whatever order and file it stands.
    /// </summary>
    private static async Task<ImmutableArray<RefusedStatement>> ApplyAsync(ShadowDatabase shadow, List<(SourceText File, SqlStatement Statement)> pending, CancellationToken cancellation)
    {
        while (true)
        {
            var failures = ImmutableArray.CreateBuilder<RefusedStatement>();
            foreach (var (file, statement) in pending)
            {
                if (await shadow.TryAsync(Alone(file.Text, statement), cancellation) is { } failure)
                {
                    failures.Add(new RefusedStatement(file, statement, failure));
                }
            }

            if (failures.Count == pending.Count)
            {
                return failures.ToImmutable();
            }

            pending = [.. failures.Select(f => (f.File, f.Statement))];
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

/// <summary>A statement that finds what it needs in no order.</summary>
internal sealed record RefusedStatement(SourceText File, SqlStatement Statement, ScriptFailure Failure);
