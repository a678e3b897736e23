using System.Text.RegularExpressions;
using Sluice.Tests.House;
using Xunit;

namespace Sluice.Tests.Model;

public partial class MistakeNumberTests
{
    [Fact]
    public void Every_kind_of_mistake_has_a_number_of_its_own()
    {
        var numbers = Repository.Sources("src/Sluice/Model/Mistakes").SelectMany(f => Number().Matches(File.ReadAllText(f)))
            .Select(m => m.Value).ToList();
        Assert.NotEmpty(numbers);
        Assert.Empty(numbers.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [GeneratedRegex("\"SL[0-9]{4}\"")]
    private static partial Regex Number();
}
