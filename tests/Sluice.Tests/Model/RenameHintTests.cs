using Sluice.Catalog;
using Sluice.Model;
using Sluice.Text;
using Xunit;

namespace Sluice.Tests.Model;

public class RenameHintTests
{
    [Theory]
    [InlineData("@renamedFrom(\"old\")", "old")]
    [InlineData("The name.\n  @renamedFrom( \"old name\" ) ", "old name")]
    [InlineData("@renamedFrom(\"a \\\"quoted\\\" \\\\ one\")", "a \"quoted\" \\ one")]
    [InlineData("@renamedFrom(old)", null)]
    [InlineData("@renamedFrom(\"\")", null)]
    [InlineData("see @renamedFrom(\"old\")", null)]
    [InlineData("@renamedFromage(\"old\")", null)]
    [InlineData(null, null)]
    public void A_hint_is_a_line_of_its_own(string? documentation, string? old) => Assert.Equal(old, RenameHint.Of(documentation));

    [Theory]
    [InlineData("old")]
    [InlineData("with \"quotes\" and \\ in it")]
    [InlineData("schema.table")]
    public void A_hint_is_read_as_it_is_written(string old) => Assert.Equal(old, RenameHint.Of(RenameHint.Write(old)));

    [Theory]
    [InlineData("model A {\n  id Int @id /// @renamedFrom(\"id\")\n}")]
    [InlineData("/// @renamedFrom(\"a\")\nmodel A {\n  id Int @id\n  @@map(\"a\")\n}")]
    [InlineData("model A {\n  id Int @id\n  x Int /// @renamedFrom(\"y\")\n  z Int /// @renamedFrom(\"x\")\n}")]
    public void A_hint_that_says_nothing_new_or_is_one_of_a_chain_is_no_mistake(string schema) =>
        Assert.Empty(Migration.Read(new SourceText("schema.prisma", schema)).Diagnostics);

    [Fact]
    public void The_place_of_a_hint_is_the_line_of_what_it_is_about()
    {
        var first = new SourceText("a.prisma", "enum Role {\n  A\n  B @map(\"b\")\n}\n\nmodel Post {\n  id Int @id\n  tags Tag[]\n}\n");
        var second = new SourceText("b.prisma", "model Tag {\n  id Int @id\n\n  posts Post[]\n  full String @map(\"full_name\")\n  @@map(\"tags\")\n}\n");
        var model = Migration.Read(first, second).Value;
        Assert.Equal(("b.prisma", 1), Place(new Rename.Table(new("public", "x"), new("public", "tags"))));
        Assert.Equal(("b.prisma", 5), Place(new Rename.Column(new("public", "tags"), "x", "full_name")));
        Assert.Equal(("a.prisma", 1), Place(new Rename.Enum(new("public", "x"), new("public", "Role"))));
        Assert.Equal(("a.prisma", 3), Place(new Rename.EnumValue(new("public", "Role"), "x", "b")));
        Assert.Equal(("a.prisma", 8), Place(new Rename.Table(new("public", "x"), new("public", "_PostToTag"))));

        (string, int)? Place(Rename rename) =>
            HintPlace.Of(rename, model, "public", [first, second]) is { } place ? (place.Source.Path, place.Line) : null;
    }
}
