using System.Collections.Immutable;
using System.Globalization;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow.Cache;
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
        var script = new SourceText("", Migration.Script(Database.Empty with { DefaultSchema = schema.DefaultSchema }, schema));
        var whole = string.Join('\f', settings.SqlFiles.Prepend(script).Select(f => f.Text));
        var cache = await ReplayCache.OpenAsync(settings, [], cancellation);
        if (cache.FindAfter(whole) is { } known)
        {
            return (known, []);
        }

        await using var shadow = await ShadowDatabase.OpenAsync(settings, cancellation);
        var statements = settings.SqlFiles.Prepend(script).SelectMany(f => StatementSplitter.Split(f.Text).Select(s => (File: f, Statement: s))).ToList();
        var ground = statements.ToLookup(s => s.File == script || Groundwork.Is(s.Statement, s.File.Text));
        var refused = await UnorderedStatements.ApplyAsync(shadow, [.. ground[true]], cancellation);
        refused = await UnorderedStatements.ApplyAsync(shadow, [.. refused.Select(r => (r.File, r.Statement)), .. ground[false]], cancellation);
        var made = await shadow.ReadAsync(cancellation);
        if (refused.IsEmpty)
        {
            cache.StoreAfter(whole, made);
        }

        return (made, refused);
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
