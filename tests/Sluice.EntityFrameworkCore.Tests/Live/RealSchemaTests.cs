using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Live;

/// <summary>Rows of each entity of real schemas, written and read through the generated model on a server.</summary>
public sealed class RealSchemaTests
{
    [Theory, InlineData("event-platform"), InlineData("attempts-and-idempotency"), InlineData("schema-drift"), InlineData("github-login")]
    public async Task Each_entity_of_an_example_lives_through_insert_read_update_include_and_delete(string example)
    {
        var path = Path.Combine(Repository.Root, "examples", example, "schema.prisma");
        // What is deleted softly never reaches the database's own rules, which this is about; SavingTests is about the other.
        var text = (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Replace("/// @softDelete\n", "", StringComparison.Ordinal);
        await using var database = await GeneratedDatabase.CreateAsync(new SourceText("schema.prisma", text));
        Assert.Empty(await EveryEntity.ProveAsync(database));
    }

    [Fact]
    public async Task So_does_each_of_a_database_that_was_made_by_SQL()
    {
        var folder = Path.Combine(Repository.Root, "examples", "auth-service", "migrations");
        var scripts = Directory.GetFiles(folder, "*.up.sql").Order(StringComparer.Ordinal).Select(File.ReadAllText);
        await using var database = await GeneratedDatabase.PullAsync(string.Join('\n', scripts));
        Assert.Empty(await EveryEntity.ProveAsync(database));
    }

    [Theory, InlineData("hoppscotch"), InlineData("umami"), InlineData("open-assistant"), InlineData("amplication-plugin-api"), InlineData("isomer"), InlineData("trigger.dev")]
    public async Task So_does_each_of_a_real_project(string project)
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        var files = Conformance.SchemaFiles(Conformance.RealWorld().Single(c => c.Name == project).SchemaPath);
        await using var database = await GeneratedDatabase.CreateAsync([.. files.Select(f => new SourceText(Path.GetFileName(f), File.ReadAllText(f)))]);
        Assert.Empty(await EveryEntity.ProveAsync(database));
    }
}
