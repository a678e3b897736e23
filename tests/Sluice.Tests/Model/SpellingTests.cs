using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Tests.Model;

public class SpellingTests
{
    [Theory]
    [InlineData("@@index([emial])", "Did you mean `email`?")]
    [InlineData("@@index([Email])", "Did you mean `email`?")]
    [InlineData("@@index([author_id])", "Write `authorId`: fields are named as in the schema, not as their columns.")]
    [InlineData("@@index([wholly])", "Write one of the scalar fields of `A`, or add a field `wholly`.")]
    [InlineData("@@index([json(ops: JsonbPathOp)], type: Gin)", "Did you mean `JsonbPathOps`?")]
    public void What_was_probably_meant_is_said(string attribute, string help) =>
        Assert.Equal(help, Bound.Read($$"""
            model A {
              id Int @id
              email String
              json Json
              authorId Int @map("author_id")
              {{attribute}}
            }
            """).Diagnostics.Single(d => d.Code is "SL2502" or "SL2550").Help);

    [Theory]
    [InlineData("Itn", "Did you mean `Int`?")]
    [InlineData("string", "Did you mean `String`?")]
    [InlineData("Usr", "Did you mean `User`?")]
    [InlineData("uuid", "Did you mean `String @db.Uuid`?")]
    [InlineData("Whatever", "Declare it; a PostgreSQL type without a name here is written `Unsupported(\"…\")`.")]
    public void A_misspelt_type_is_recognised(string type, string help) =>
        Assert.Equal(help, Bound.Read($$"""
            model User {
              id Int @id
              x {{type}}
            }
            """).Diagnostics.Single().Help);

    [Fact]
    public void An_attribute_in_the_wrong_place_or_misspelt_is_recognised() =>
        Assert.Equal(
            ["Did you mean `@unique`? Else remove it.", "Did you mean `@@index`? Else remove it.", "Remove it."],
            Bound.Read("""
                model User {
                  id Int @id @uniqe
                  @@indx([id])
                  @@nonsense
                }
                """).Diagnostics.Select(d => d.Help));

    [Theory]
    [InlineData("author Author @relation(\"wrote\", fields: [id], references: [id])", "Add to `Author`: `books Book[] @relation(\"wrote\")`; `Book?` makes it one-to-one.")]
    [InlineData("authors Author[]", "Add to `Author`: `book Book @relation(fields: [bookId], references: [id])`, with the scalar field it names.")]
    public void The_missing_side_of_a_relation_is_written_out(string field, string help) =>
        Assert.Equal(help, Bound.Read($$"""
            model Book {
              id Int @id
              {{field}}
            }
            model Author {
              id Int @id
            }
            """).Diagnostics.Single().Help);

    [Fact]
    public void Thousands_of_unknown_words_take_no_time()
    {
        var fields = Enumerable.Range(0, 5000).Select(i => $"  field{i} Int\n  @@index([feild{i}])");
        var text = $"model A {{\n  id Int @id\n{string.Join('\n', fields)}\n}}";
        Assert.InRange(ThreadClock.Measure(() => Assert.Equal(5000, Bound.Read(text).Diagnostics.Length)), TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }
}
