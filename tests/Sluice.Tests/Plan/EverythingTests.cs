using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;
using Sluice.Sql;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Tests.Plan;

/// <summary>C# does not prove that a switch over a closed set is complete; the corpus, which holds one of each, does.</summary>
public class EverythingTests
{
    private static readonly IReadOnlyList<(Database From, Database To)> Pairs =
    [
        .. MigrationCase.All.Select(c => (c.Before(), c.After())),
        .. MigrationCase.All.Select(c => (c.After(), c.Before())),
        .. MigrationCase.All.Select(c => (AsOnServer(c.Before()), c.After())),
        (WithSchemaAndExtension, WithObjects()),
        (WithObjects(("a", "AS text"), ("b", "AS text"), ("c", "AS text")), WithObjects(("b", "AS integer"), ("c", "AS text\nNOT NULL"), ("d", "AS text"))),
    ];

    [Fact]
    public void Every_kind_of_change_is_planned() =>
        Assert.Equal(Kinds(typeof(Change)), Seen(Pairs.SelectMany(p => CatalogDiffer.Diff(p.From, p.To))));

    [Fact]
    public void Every_kind_of_step_is_written_summarised_and_checked()
    {
        var plans = Pairs.Select(p => Migration.Plan(p.From, p.To)).ToArray();

        Assert.Equal(Kinds(typeof(PlanStep)), Seen(plans.SelectMany(p => p.Steps)));
        Assert.All(plans.SelectMany(p => p.Steps.Select(s => (Step: s, p.Naming))), p => Assert.NotEmpty(SqlWriter.Statements(p.Step, p.Naming)));
        Assert.All(plans, p => Assert.NotEmpty(PlanSummary.Write(p)));
        Assert.All(plans, p => Assert.NotNull(DataLoss.Header(DataLoss.Evaluate(DataLoss.Checks(p), DataCounts.Unknown))));
    }

    [Fact]
    public void Every_kind_of_clause_is_in_the_corpus() =>
        Assert.Equal(
            Kinds(typeof(Alteration)),
            Seen(Pairs.SelectMany(p => Migration.Plan(p.From, p.To).Steps).OfType<PlanStep.AlterTable>().SelectMany(s => s.Alterations.Items)));

    [Fact]
    public void Every_kind_of_rename_is_in_the_corpus() =>
        Assert.Equal(Kinds(typeof(Rename)), Seen(Pairs.SelectMany(p => Migration.Plan(p.From, p.To).Renames)));

    /// <summary>A server knows which extensions it can move, and a schema file does not.</summary>
    private static Database AsOnServer(Database database) => database with
    {
        Origin = CatalogOrigin.Server,
        Extensions = [.. database.Extensions.Items.Select(e => e with { IsRelocatable = true })],
    };

    private static Database WithSchemaAndExtension => WithObjects() with { Schemas = ["audit"], Extensions = [new Extension("hstore", "1.8", "public")] };

    private static Database WithObjects(params (string Name, string Definition)[] domains) => Database.Empty with
    {
        Origin = CatalogOrigin.Server,
        SeesObjects = true,
        Objects = [.. domains.Select(d => new SqlObject(new ObjectId(ObjectKind.Domain, "public", d.Name), d.Definition))],
    };

    private static string[] Kinds(Type set) => [.. set.GetNestedTypes().Where(t => t.IsSubclassOf(set)).Select(t => t.Name).Order(StringComparer.Ordinal)];

    private static string[] Seen(IEnumerable<object> things) => [.. things.Select(t => t.GetType().Name).Distinct().Order(StringComparer.Ordinal)];
}
