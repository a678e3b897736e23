using Sluice.Introspection;
using Sluice.Postgres.Reading;
using Sluice.Syntax;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.Postgres.Tests.Introspection;

public sealed class PullTests
{
    [Fact]
    public async Task Names_that_a_schema_cannot_have_are_changed_and_mapped_without_clashes()
    {
        var pulled = await PullAsync("""
            CREATE TABLE "1 two" (id int PRIMARY KEY, "a b" int, a_b int, "1a_b" int);
            CREATE TABLE "456" (id int PRIMARY KEY);
            CREATE TABLE async (id int PRIMARY KEY);
            """);

        Assert.Equal(
            """
            model two {
              id    Int  @id
              a_b_2 Int? @map("a b")
              a_b   Int?
              a_b_3 Int? @map("1a_b")

              @@map("1 two")
            }

            model Unnamed {
              id Int @id

              @@map("456")
            }

            /// This model has been renamed to 'Renamedasync' during introspection, because the original name 'async' is reserved.
            model Renamedasync {
              id Int @id

              @@map("async")
            }
            """,
            Models(pulled));
        Assert.Contains(pulled.Warnings, w => w.Finding is PullFinding.ReservedName && w.Objects.SequenceEqual(["Renamedasync"]));
    }

    [Fact]
    public async Task Relations_get_names_where_one_model_has_several_to_another_or_a_column_has_the_name()
    {
        var pulled = await PullAsync("""
            CREATE TABLE "Person" (id int PRIMARY KEY, boss int REFERENCES "Person");
            CREATE TABLE "Post" (id int PRIMARY KEY,
              author int NOT NULL REFERENCES "Person" ON DELETE RESTRICT ON UPDATE CASCADE,
              editor int REFERENCES "Person" ON DELETE SET NULL ON UPDATE CASCADE);
            CREATE TABLE "Note" (id int PRIMARY KEY REFERENCES "Post" ON DELETE CASCADE ON UPDATE CASCADE, "Post" text);
            """);

        Assert.Equal(
            """
            model Note {
              id                 Int     @id
              Post               String?
              Post_Note_idToPost Post    @relation("Note_idToPost", fields: [id], references: [id], onDelete: Cascade)
            }

            model Person {
              id                       Int      @id
              boss                     Int?
              Person                   Person?  @relation("PersonToPerson", fields: [boss], references: [id], onDelete: NoAction, onUpdate: NoAction)
              other_Person             Person[] @relation("PersonToPerson")
              Post_Post_authorToPerson Post[]   @relation("Post_authorToPerson")
              Post_Post_editorToPerson Post[]   @relation("Post_editorToPerson")
            }

            model Post {
              id                         Int     @id
              author                     Int
              editor                     Int?
              Note_Note_idToPost         Note?   @relation("Note_idToPost")
              Person_Post_authorToPerson Person  @relation("Post_authorToPerson", fields: [author], references: [id])
              Person_Post_editorToPerson Person? @relation("Post_editorToPerson", fields: [editor], references: [id])
            }
            """,
            Models(pulled));
    }

    [Theory]
    [InlineData("""CONSTRAINT "_PostToTag_AB_pkey" PRIMARY KEY ("A", "B")""", "")]
    [InlineData("""CHECK ("A" > 0)""", """CREATE UNIQUE INDEX "_PostToTag_AB_unique" ON "_PostToTag" ("A", "B");""")]
    public async Task A_join_table_of_either_age_is_a_relation(string constraint, string index)
    {
        var pulled = await PullAsync($"""
            CREATE TABLE "Post" (id int PRIMARY KEY);
            CREATE TABLE "Tag" (id int PRIMARY KEY);
            CREATE TABLE "_PostToTag" (
              "A" int NOT NULL REFERENCES "Post" ON DELETE CASCADE ON UPDATE CASCADE,
              "B" int NOT NULL REFERENCES "Tag" ON DELETE CASCADE ON UPDATE CASCADE,
              {constraint});
            CREATE INDEX "_PostToTag_B_index" ON "_PostToTag" ("B");
            {index}
            """);

        Assert.Equal(
            """
            model Post {
              id  Int   @id
              Tag Tag[]
            }

            model Tag {
              id   Int    @id
              Post Post[]
            }
            """,
            Models(pulled));
    }

    [Fact]
    public async Task What_the_previous_schema_called_things_and_said_of_them_stays()
    {
        const string Previous = """
            // The generator's comment
            generator client {
              provider = "prisma-client"
            }

            datasource pg {
              provider = "postgresql"
            }

            // Above a model
            /// A member
            model Member {
              id     String  @id @default(uuid(7))
              /// Where the mail goes
              mail   String  @unique @map("email") @pg.VarChar(80)
              /// Written by them
              posts  Post[]

              @@map("user")
            }

            model Post {
              id     Int      @id @default(autoincrement())
              made   DateTime @updatedAt
              owner  String
              writer Member   @relation(fields: [owner], references: [id])
            }
            """;
        const string Database = """
            CREATE TABLE "user" (id text CONSTRAINT user_pkey PRIMARY KEY, email varchar(80) NOT NULL, age int);
            CREATE UNIQUE INDEX user_email_key ON "user" (email);
            CREATE TABLE "Post" (id serial CONSTRAINT "Post_pkey" PRIMARY KEY, made timestamp(3) NOT NULL, owner text NOT NULL,
              CONSTRAINT "Post_owner_fkey" FOREIGN KEY (owner) REFERENCES "user" ON DELETE RESTRICT ON UPDATE CASCADE);
            CREATE TABLE "Alone" (id int PRIMARY KEY);
            """;

        var pulled = await PullAsync(Database, new SourceText("a.prisma", Previous));
        Assert.Equal(
            """
            // The generator's comment
            generator client {
              provider = "prisma-client"
            }

            datasource pg {
              provider = "postgresql"
            }

            // Above a model
            /// A member
            model Member {
              id    String @id @default(uuid(7))
              /// Where the mail goes
              mail  String @unique @map("email") @pg.VarChar(80)
              age   Int?
              /// Written by them
              posts Post[]

              @@map("user")
            }

            model Post {
              id     Int      @id @default(autoincrement())
              made   DateTime @updatedAt
              owner  String
              writer Member   @relation(fields: [owner], references: [id])
            }

            model Alone {
              id Int @id
            }

            """,
            pulled.Files[0].Text);
    }

    [Fact]
    public async Task Each_block_stays_in_its_file_and_new_ones_go_beside_the_datasource()
    {
        var pulled = await PullAsync(
            "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY);",
            new SourceText("a.prisma", "model a {\n  id Int @id\n}\n"),
            new SourceText("main.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n"),
            new SourceText("gone.prisma", "model gone {\n  id Int @id\n}\n"));

        Assert.Equal(["a.prisma", "main.prisma", "gone.prisma"], pulled.Files.Select(f => f.Path));
        Assert.Equal("model a {\n  id Int @id\n}\n", pulled.Files[0].Text);
        Assert.Contains("model b", pulled.Files[1].Text, StringComparison.Ordinal);
        Assert.Contains("model c", pulled.Files[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("model", pulled.Files[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_spelling_of_a_default_or_a_type_is_none_and_another_time_is_one()
    {
        const string Previous = """
            datasource db {
              provider = "postgresql"
            }

            model t {
              id   Int                       @id
              made DateTime                  @default("2020-01-02T04:04:05+01:00") @db.Timestamptz
              due  DateTime                  @default("2021-01-01T00:00:00Z") @db.Date
              mark String                    @default("x") @db.Char
              uid  String                    @default(dbgenerated("GEN_RANDOM_UUID()")) @db.Uuid
              area Unsupported("TSVECTOR")?
            }

            """;
        var pulled = await PullAsync(
            """
            CREATE TABLE t (id int PRIMARY KEY, made timestamptz NOT NULL DEFAULT '2020-01-02T03:04:05Z', due date NOT NULL DEFAULT '2021-01-02',
              mark char NOT NULL DEFAULT 'x', uid uuid NOT NULL DEFAULT gen_random_uuid(), area tsvector);
            """,
            new SourceText("a.prisma", Previous));

        var wanted = Previous.Replace("""@default("2021-01-01T00:00:00Z")""", """@default(dbgenerated("'2021-01-02'::date"))""", StringComparison.Ordinal);
        Assert.Equal(SchemaFormatter.Format(SchemaParser.Parse(new SourceText("a.prisma", wanted)).Value), pulled.Files[0].Text);
    }

    [Fact]
    public async Task Preview_features_let_extensions_and_partial_indexes_be_said()
    {
        const string Previous = """
            generator client {
              provider        = "prisma-client"
              previewFeatures = ["postgresqlExtensions", "partialIndexes"]
            }

            datasource db {
              provider = "postgresql"
            }
            """;
        var pulled = await PullAsync(
            """
            CREATE EXTENSION citext; CREATE EXTENSION "uuid-ossp";
            CREATE TABLE t (id int PRIMARY KEY, x int);
            CREATE UNIQUE INDEX few ON t (x) WHERE x > 1;
            """,
            new SourceText("a.prisma", Previous));

        Assert.Contains("""extensions = [citext(schema: "public"), uuid_ossp(map: "uuid-ossp", schema: "public")]""", pulled.Files[0].Text, StringComparison.Ordinal);
        Assert.Contains("""@@unique([x], map: "few", where: raw("(x > 1)"))""", pulled.Files[0].Text, StringComparison.Ordinal);
        Assert.Empty(pulled.Warnings);
    }

    [Fact]
    public async Task What_the_schema_cannot_say_is_warned_of()
    {
        var pulled = await PullAsync("""
            CREATE TABLE t (x int, y int GENERATED ALWAYS AS (x * 2) STORED, p point, CHECK (x > 0), EXCLUDE USING gist (p WITH ~=));
            CREATE INDEX half ON t (x) WHERE x > 1;
            CREATE INDEX lowered ON t (abs(x));
            CREATE INDEX nulls ON t (x NULLS FIRST);
            ALTER TABLE t ENABLE ROW LEVEL SECURITY;
            COMMENT ON COLUMN t.x IS 'x';
            CREATE TABLE bare ();
            """);

        Assert.Equal(
            [
                PullFinding.WithoutIdentifier, PullFinding.UnsupportedType, PullFinding.EmptyTable, PullFinding.RowSecurity, PullFinding.CheckConstraint,
                PullFinding.ExclusionConstraint, PullFinding.ExpressionIndex, PullFinding.NullsOrder, PullFinding.PartialIndex,
                PullFinding.GeneratedColumn, PullFinding.DatabaseComment,
            ],
            pulled.Warnings.Select(w => w.Finding));
        Assert.All(pulled.Warnings, w => Assert.EndsWith(":", w.Message, StringComparison.Ordinal));
        Assert.Contains("// model bare {", pulled.Files[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_commented_out_does_not_pile_up_however_often_it_is_pulled()
    {
        const string Sql = "CREATE TABLE bare (); CREATE TABLE other (id int PRIMARY KEY, \"1\" int, n int);";
        var second = (await PullAsync(Sql, new SourceText("schema.prisma", (await PullAsync(Sql)).Files[0].Text))).Files[0].Text;
        var third = (await PullAsync(Sql, new SourceText("schema.prisma", second))).Files[0].Text;

        Assert.Equal(second, third);
        Assert.Equal(2, third.Split("// model bare").Length);
        Assert.Equal(2, third.Split("commented out because of an invalid name").Length);
    }

    [Fact]
    public void Every_finding_has_its_message() =>
        Assert.All(Enum.GetValues<PullFinding>(), f => Assert.NotEmpty(new PullWarning(f, []).Message));

    private static async Task<PulledSchema> PullAsync(string sql, params SourceText[] previous)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(sql);
        await using var connection = await database.Source.OpenConnectionAsync();
        var catalog = await CatalogReader.ReadAsync(connection);
        return Introspector.Introspect(catalog, previous.Length == 0 ? null : PreviousSchema.Read(previous));
    }

    private static string Models(PulledSchema pulled)
    {
        var text = Assert.Single(pulled.Files).Text;
        return text[(text.IndexOf("}\n\n", StringComparison.Ordinal) + 3)..].TrimEnd();
    }
}
