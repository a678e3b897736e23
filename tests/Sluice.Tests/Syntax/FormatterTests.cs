using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Tests.Syntax;

public class FormatterTests
{
    public static TheoryData<string, string> Cases => new()
    {
        // Columns are aligned within a group; an empty line begins a new one.
        {
            "model A {\n id Int @id\n longName String?   @db.Text // c\n\n\n b Int[]\n}",
            "model A {\n  id       Int     @id\n  longName String? @db.Text // c\n\n  b Int[]\n}\n"
        },

        // Attributes are put in order, those of the block at its end, each with its comment.
        {
            "model A {\n // why\n @@map(\"a\")\n a Int @map( \"x\" )@default(1)  @unique\n @@id([ a,b(sort:Desc) ])\n}\n",
            "model A {\n  a Int @unique @default(1) @map(\"x\")\n\n  @@id([a, b(sort: Desc)])\n  // why\n  @@map(\"a\")\n}\n"
        },

        // Unreadable lines stay as they are.
        { "\n\nmodel A {\n  ? what\n  id  Int\n}\nnoise\n", "model A {\n  ? what\n  id Int\n}\n\nnoise\n" },

        // Block comments get their one form; text in other alphabets is counted in bytes.
        {
            "/* one\n * two */\nenum E {\n  é @map(\"1\")\n  bb @map(\"2\")\n}\n",
            "/**\n * one\n * two\n */\nenum E {\n  é @map(\"1\")\n  bb @map(\"2\")\n}\n"
        },
        { "generator g {\r\n a = [\"x\",1]\r\n provider=env( \"P\" )\r\n}\r\n", "generator g {\n  a        = [\"x\", 1]\n  provider = env(\"P\")\n}\n" },
        { "model A {\n @@map(\"a\")\n\n id Int @id\n} // c\nmodel B {\n}", "model A {\n  id Int @id\n\n  @@map(\"a\")\n}\n\n// c\nmodel B {\n}\n" },
        { "", "\n" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Text_gets_its_one_form_and_keeps_it(string text, string expected)
    {
        Assert.Equal(expected, Parsed.Formatted(text));
        Assert.Equal(expected, Parsed.Formatted(expected));
    }

    [Fact]
    public void Every_schema_of_the_conformance_cases_is_at_rest_once_formatted()
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        Assert.All(Conformance.SchemaFiles(Conformance.Root), path =>
        {
            var once = Parsed.Formatted(File.ReadAllText(path));
            Assert.Equal(once, Parsed.Formatted(once));
        });
    }
}
