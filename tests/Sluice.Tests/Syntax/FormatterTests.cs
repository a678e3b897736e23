using Sluice.Syntax;
using Sluice.Tests.Support;
using Sluice.Text;
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
            var once = Layout(File.ReadAllText(path));
            Assert.Equal(once, Layout(once));
        });
    }

    [Fact]
    public void Relations_half_said_are_written_out()
    {
        const string text = """
            model User {
              id String @id @db.Uuid
            }

            model OrderEntry {
              id Int @id
              user User
            }
            """;
        Assert.Equal(
            """
            model User {
              id           String       @id @db.Uuid
              orderEntries OrderEntry[]
            }

            model OrderEntry {
              id     Int    @id
              user   User   @relation(fields: [userId], references: [id])
              userId String @db.Uuid
            }

            """,
            Parsed.Formatted(text));
    }

    [Fact]
    public void A_field_for_a_relation_goes_into_the_file_of_its_model()
    {
        var files = Migration.Format(
            new SourceText("a.prisma", "model A {\n  id Int @id\n}\n"),
            new SourceText("b.prisma", "model B {\n  id Int @id\n  aId Int\n  a A @relation(fields: [aId], references: [id])\n}\n"));
        Assert.Contains("bs B[]", files[0].Text.Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("b.prisma", files[1].Path);
    }

    [Fact]
    public void Fields_added_for_named_relations_carry_the_name_and_names_of_their_own()
    {
        const string text = """
            model A {
              id Int @id
              x  Int
              y  Int
              b  B   @relation("one", fields: [x], references: [id])
              c  B   @relation("two", fields: [y], references: [id])
            }

            model B {
              id  Int @id
              as  A[] @relation("one")
              as2 A[] @relation("two")
            }

            """;
        var unfinished = text.Replace("  as  A[] @relation(\"one\")\n  as2 A[] @relation(\"two\")\n", "", StringComparison.Ordinal);
        Assert.NotEqual(text, unfinished);
        Assert.Equal(text, Parsed.Formatted(unfinished));
        Assert.Equal(text, Parsed.Formatted(text));
    }

    // Relations are left alone here: completing one may leave another half said, in schemas that are wrong anyway.
    private static string Layout(string text) => SchemaFormatter.Format(Parsed.Tree(text).Value);
}
