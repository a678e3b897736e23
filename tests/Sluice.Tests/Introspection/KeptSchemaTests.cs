using Sluice.Catalog;
using Sluice.Introspection;
using Sluice.Text;
using Xunit;

namespace Sluice.Tests.Introspection;

/// <summary>Pulling over a schema that a person wrote: what the database does not say otherwise stays, word for word.</summary>
public sealed class KeptSchemaTests
{
    private const string Head = "datasource db {\n  provider = \"postgresql\"\n}\n\n";

    private const string Written = Head + """
        // Everything about people.

        /// One who may log in.
        model User { 
          // Never shown to anyone.
          id   Int @id @default(autoincrement()) // a number
          mail String @db.Text @unique /// lower case

          // --- how they are called
          /// as they wrote it
          last  String
          first String? // may be missing

          // --- what they did
          posts Post[]

          createdAt DateTime @default(now())

          // found by name
          @@index(fields: [last, first], name: "by_name")
          // for the list
          @@index([createdAt])
          // nothing below
        }

        enum Role {
          // may read
          READER // the usual one
          // may write
          WRITER

          @@map("role")
        }

        /* between */
        // above Post
        model Post {
          id Int @id // its own
          authorId Int
          author User @relation(references: [id], fields: [authorId], onDelete: Restrict)
          role Role @default(READER)

          @@unique([authorId]) // one each
          // said once more
          @@map("Post")
        }

        // the end
        """;

    [Fact]
    public void What_the_database_says_too_stays_to_the_letter() =>
        Assert.Equal(Formatted(Written), Pulled(Written, Written));

    [Fact]
    public void A_line_that_changes_keeps_its_place_its_comments_and_its_other_attributes() => Check(
        ("first String? // may be missing", "first String @default(\"\") // may be missing", "first String @default(\"\")"),
        ("mail String @db.Text @unique /// lower case", "mail String @unique @db.VarChar(80) /// lower case", "mail String @unique @db.VarChar(80)"),
        ("@relation(references: [id], fields: [authorId], onDelete: Restrict)", "@relation(fields: [authorId], references: [id], onDelete: Cascade)", "@relation(fields: [authorId], references: [id], onDelete: Cascade)"));

    [Fact]
    public void What_is_gone_goes_with_its_own_comments_and_nothing_else_does() => Check(
        ("  // found by name\n  @@index(fields: [last, first], name: \"by_name\")\n", "", ""),
        ("  /// as they wrote it\n  last  String\n", "", ""),
        ("  // --- how they are called\n", "", "  // --- how they are called\n"),
        ("  // may write\n  WRITER\n", "", ""));

    [Fact]
    public void What_is_new_comes_after_what_the_database_has_before_it_and_below_the_last_attribute() => Check(
        ("  createdAt DateTime @default(now())\n", "  createdAt DateTime @default(now())\n  age Int?\n", "  createdAt DateTime @default(now())\n  age Int?\n"),
        ("  @@index([createdAt])\n  // nothing below\n", "  @@index([createdAt])\n  @@index([age])\n  // nothing below\n", "  @@index([createdAt])\n  @@index([age])\n"),
        ("  WRITER\n", "  WRITER\n  OWNER\n", "  WRITER\n  OWNER\n"));

    [Fact]
    public void A_new_column_stands_with_the_columns_and_not_below_the_relations() => Check(
        ("  first String? // may be missing\n", "  first String? // may be missing\n  middle String?\n", "  first String? // may be missing\n  middle String?\n"),
        ("  authorId Int\n", "  authorId Int\n  title String\n", "  authorId Int\n  title String\n"));

    [Fact]
    public void A_new_model_comes_after_the_last_one_with_the_relations_that_others_have_to_it()
    {
        const string Tag = "\n\nmodel Tag {\n  id Int @id\n  post Int @unique\n  Post Post @relation(fields: [post], references: [id])\n}\n";
        var pulled = Pulled(Written, Written.Replace("  role Role @default(READER)\n", "  role Role @default(READER)\n  Tag Tag?\n", StringComparison.Ordinal) + Tag);
        const string Author = "  author User @relation(references: [id], fields: [authorId], onDelete: Restrict)\n";
        var wanted = Written.Replace(Author, Author + "  Tag Tag?\n", StringComparison.Ordinal);
        Assert.Equal(Formatted(wanted.Replace("\n\n// the end", Tag + "\n// the end", StringComparison.Ordinal)), pulled);
    }

    [Fact]
    public void A_model_that_is_gone_goes_with_the_comments_right_above_it()
    {
        var post = Written[Written.IndexOf("/* between */", StringComparison.Ordinal)..Written.IndexOf("// the end", StringComparison.Ordinal)];
        var without = Written.Replace(post, "", StringComparison.Ordinal).Replace("  // --- what they did\n  posts Post[]\n\n", "", StringComparison.Ordinal);
        Assert.Equal(Formatted(without), Pulled(Written, without));
    }

    [Fact]
    public void A_comment_that_looks_like_a_model_is_a_comment()
    {
        const string Schema = Head + "// model Old {\n//   id Int @id\n// }\n\nmodel New {\n  id Int @id\n}\n";
        Assert.Equal(Schema, Pulled(Schema, Schema));
    }

    [Fact]
    public void A_schema_with_mistakes_gives_its_place_and_comments_to_what_the_database_has()
    {
        const string Broken = Head + "// above\nmodel A {\n  id Int @id\n  b Missing\n}\n";
        Assert.Equal(Head + "// above\nmodel A {\n  id Int  @id\n  n  Int?\n}\n", Pulled(Broken, Head + "model A {\n  id Int @id\n  n Int?\n}\n"));
    }

    /// <summary>Changes what is written, once as the database then is, once as the file is to be.</summary>
    private static void Check(params (string Written, string Kept, string Said)[] changes)
    {
        var (kept, said) = (Written, Written);
        foreach (var (from, to, asSaid) in changes)
        {
            Assert.Contains(from, Written, StringComparison.Ordinal);
            (kept, said) = (kept.Replace(from, to, StringComparison.Ordinal), said.Replace(from, asSaid, StringComparison.Ordinal));
        }

        Assert.Equal(Formatted(kept), Pulled(Written, said));
    }

    private static string Formatted(string schema) => Migration.Format(new SourceText("schema.prisma", schema))[0].Text;

    /// <summary>The text after a pull from the database that another schema asks for.</summary>
    private static string Pulled(string previous, string database)
    {
        var read = Migration.Read(new SourceText("database.prisma", database));
        Assert.False(read.HasErrors, string.Join('\n', read.Diagnostics.Select(d => d.Message)));
        var catalog = CatalogBuilder.Build(read.Value);
        return Assert.Single(Introspector.Introspect(catalog, PreviousSchema.Read([new SourceText("schema.prisma", previous)])).Files).Text;
    }
}
