using System.Text;
using Sluice.Plan;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Tests.Plan;

/// <summary>Run with SLUICE_ACCEPT=1 to take what is written now as what is wanted.</summary>
public class CorpusTests
{
    public static TheoryData<string> Cases => [.. MigrationCase.All.Select(c => c.Name)];

    [Theory, MemberData(nameof(Cases))]
    public void A_migration_is_planned_and_written_as_agreed(string name)
    {
        var test = MigrationCase.All.Single(c => c.Name == name);
        var plan = Migration.Plan(test.Before(), test.After());
        var up = Migration.File(plan);
        var steps = Describe(plan);
        var summary = Migration.Summary(test.Before(), test.After());

        Assert.Multiple(
            () => Assert.Equal(test.Expected("plan.txt", steps), steps),
            () => Assert.Equal(test.Expected("up.sql", up), up),
            () => Assert.Equal(test.Expected("summary.txt", summary), summary));
    }

    [Fact]
    public void A_schema_does_not_differ_from_itself() =>
        Assert.All(MigrationCase.All, c => Assert.Equal("", Migration.Script(c.After(), c.After())));

    private static string Describe(MigrationPlan plan)
    {
        var text = new StringBuilder();
        foreach (var step in plan.Steps)
        {
            text.Append(step.GetType().Name).Append("  lock: ").Append(step.Lock).Append("  hazards: ").Append(step.Hazards).Append('\n');
            foreach (var alteration in (step as PlanStep.AlterTable)?.Alterations ?? [])
            {
                text.Append("  ").Append(alteration.GetType().Name).Append("  hazards: ").Append(alteration.Hazards).Append('\n');
            }
        }

        return text.ToString();
    }
}
