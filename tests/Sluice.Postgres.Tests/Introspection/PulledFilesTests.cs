using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Introspection;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Tests.Conformance;
using Sluice.Postgres.Tests.Objects;
using Sluice.Postgres.Verifying;
using Sluice.Sql;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.Postgres.Tests.Introspection;

/// <summary>What is pulled, the schema and the files beside it, makes the database again: there is no difference.</summary>
public sealed class PulledFilesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task Every_kind_of_object_is_pulled_without_a_difference() =>
        CleanDatabases.RunAsync(ObjectCase.All, c => c.Title, async (database, test) =>
        {
            await database.ExecuteAsync(ObjectCase.Tables + test.Before);
            await database.ExecuteAsync(test.Make);
            return (await PullAsync(database)).Wrong;
        });

    private sealed record Pulled(ImmutableArray<SourceText> Schema, ImmutableArray<SourceText> Files, ImmutableArray<string> Removed, string? Wrong);

    private static async Task<Pulled> PullAsync(TestDatabase database, Pulled? before = null)
    {
        var settings = new RunSettings { Address = DatabaseAddress.Parse(database.Url), MigrationsPath = ".", SqlFiles = before?.Files ?? [] };
        var (language, whole) = await Pull.BothAsync(settings, Stop);
        var schema = Introspector.Introspect(BesideFiles.Of(language, whole), before is null ? null : PreviousSchema.Read(before.Schema)).Files.Select(f => new SourceText(f.Path, f.Text)).ToImmutableArray();
        var said = CatalogBuilder.Build(Migration.Read([.. schema]).Value);
        var pulled = await PulledFiles.FollowAsync(settings, said, whole, group => $"sql/{group}.sql", Stop);
        Database declared;
        try
        {
            declared = await Declaration.CatalogAsync(settings with { SqlFiles = pulled.Files }, said, Stop);
        }
        catch (ProblemException refusal)
        {
            return new Pulled(schema, pulled.Files, pulled.Removed, $"{refusal.Problem.Message}\n{refusal.Problem.Statement}\nafter\n{string.Join('\n', pulled.Files.Select(f => f.Text))}");
        }

        var (there, back) = (Migration.Script(declared, whole), Migration.Script(whole, declared));
        var wrong = pulled.Files.IsEmpty && whole.Objects.Count > 0 ? "no file"
            : there.Length > 0 ? $"declared and found differ:\n{there}\nafter\n{string.Join('\n', pulled.Files.Select(f => f.Text))}"
            : back.Length > 0 ? $"the way back is not empty:\n{back}"
            : null;
        return new Pulled(schema, pulled.Files, pulled.Removed, wrong);
    }
}
