using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.Tests.Model;

public class PslConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public void Schemas_are_judged_as_the_engine_judges_them()
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        var report = new ConformanceReport("psl");
        foreach (var @case in Conformance.Psl())
        {
            var text = File.ReadAllText(@case.SchemaPath);
            var read = Migration.Read(new SourceText(@case.SchemaPath, text));
            report.Add(@case.Name, LintComparison.Difference(text, @case.Expected, read.Diagnostics));
        }

        var failure = report.Finish();
        output.WriteLine($"psl: {report.Share:P1} agree");
        Assert.True(failure is null, failure);
    }
}
