using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Tests;

public class ConformanceTests
{
    [Fact]
    public void Every_folder_of_cases_can_be_enumerated()
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        Assert.NotEmpty(Conformance.Psl());
        Assert.NotEmpty(Conformance.PslToSql());
        Assert.All(Conformance.SingleMigration(), c => Assert.Contains("CREATE", c.Sql, StringComparison.Ordinal));
        Assert.All(Conformance.MigrationSteps(), c => Assert.NotEmpty(c.Steps));
        Assert.NotEmpty(Conformance.Reformat());
        Assert.All(Conformance.Introspection(), c => Assert.DoesNotContain("*/", c.ExpectedSchema, StringComparison.Ordinal));
        Assert.All(Conformance.RealWorld(), c => Assert.NotEmpty(Conformance.SchemaFiles(c.SchemaPath)));
    }
}
