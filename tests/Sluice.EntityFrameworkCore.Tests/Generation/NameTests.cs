using Sluice.CodeGen.EFCore;
using Sluice.Text;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Generation;

/// <summary>Names that C#, .NET or the generated code itself have taken.</summary>
public sealed class NameTests
{
    private const string Clashing = """
        datasource db {
          provider = "postgresql"
          url      = env("DATABASE_URL")
        }

        enum Dictionary {
          ADMIN
          admin
          Admin @map("Administrator")
          class
          Equals
          value__
        }

        enum PgNameAttribute {
          string
        }

        model DbSet {
          DbSet     String   @id @default(cuid())
          at        DateTime
          Timestamp DateTime @db.Timestamptz(6)
          lists     List[]
          set       Set[]
        }

        model List {
          id     Int   @id @default(autoincrement())
          list   DbSet @relation(fields: [listId], references: [DbSet], onDelete: Cascade)
          listId String
          List   String[]
          Guids  Guid[]
        }

        model Guid {
          Guid  String @id @default(uuid()) @db.Uuid
          guids List[]
        }

        model Set {
          Equals       String         @id @default(nanoid(10))
          getHashCode  Int
          GetType      Json
          ToString     Dictionary     @default(ADMIN)
          to_string    Dictionary[]   @default([admin, value__])
          toString     PgNameAttribute?
          foo_bar      Int
          fooBar       Int
          FooBar       Int
          one1         Int @map("1")
          Clone        String?
          PrintMembers String?
          set          DbSet?  @relation(fields: [setId], references: [DbSet])
          setId        String?
        }

        model System {
          id       Int      @id
          system   System?  @relation("tree", fields: [systemId], references: [id])
          systemId Int?     @unique
          System   System?  @relation("tree")
          when     DateTime
        }

        model DateTimeOffset {
          DateTimeOffset DateTime @id @db.Timetz(3)
        }

        model EntityTypeBuilder {
          entity  Int      @id
          e       Int
          Entity  DateTime @updatedAt
        }

        model AppContext {
          options Int @id
        }

        model appContextServices {
          id Int @id
        }

        model Timestamp {
          id Int @id
        }

        model Timestamps {
          id DateTime @id
        }

        model DeleteBehavior {
          id Int @id
        }

        model CuidValueGenerator {
          id String @id @default(cuid())
        }

        model NanoIdValueGenerator {
          id Json
          u  Int  @unique
        }

        model JsonDocument {
          id Int @id
        }

        model DbContext {
          id Int @id
        }

        model DbContextOptions {
          id Int @id
        }

        model DbContextOptionsBuilder {
          id Int @id
        }

        model ModelBuilder {
          id Int @id
        }

        model ModelConfigurationBuilder {
          id Int @id
        }

        model ForeignKeyIndexConvention {
          id Int @id
        }

        model EnumMapping {
          id Int @id
        }

        model IServiceCollection {
          id Int @id
        }

        model SluiceContext {
          id Int @id
        }

        model Action {
          id Int @id
        }

        model User {
          id Int @id
        }

        model Users {
          id Int @id
        }

        model user {
          id Int @id

          @@map("lower_user")
        }

        model MapUser {
          id Int @id
        }

        model Generated {
          id Int @id
        }

        model Entry {
          id Int @id
        }

        model Model {
          id Int @id
        }
        """;

    public static TheoryData<bool, bool> Forms() => new() { { true, false }, { false, false }, { true, true }, { false, true } };

    [Theory, MemberData(nameof(Forms))]
    public void Names_that_are_taken_give_way_whatever_the_form(bool nullable, bool records)
    {
        var settings = GeneratedCode.Settings with { Nullable = nullable, Records = records };
        Assert.Empty(EverySchemaTests.Complaints([new SourceText("schema.prisma", Clashing)], settings));
    }

    [Fact]
    public void Fields_that_would_have_the_same_name_are_numbered_in_their_order()
    {
        var set = GeneratedCode.Of(Clashing).Single(f => f.Path == "Set.cs").Text;
        Assert.Contains("public int FooBar { get; set; }", set, StringComparison.Ordinal);
        Assert.Contains("public int FooBar2 { get; set; }", set, StringComparison.Ordinal);
        Assert.Contains("public int FooBar3 { get; set; }", set, StringComparison.Ordinal);
        Assert.Contains("public string Equals2 { get; set; }", set, StringComparison.Ordinal);
        Assert.Contains("e => e.FooBar2)\n            .HasColumnName(\"fooBar\")", set, StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_files_differ_only_in_capitals()
    {
        var paths = GeneratedCode.Of(Clashing).Select(f => f.Path).ToArray();
        Assert.Equal(paths.Length, paths.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void The_same_schema_gives_the_same_bytes_whatever_its_line_breaks() =>
        Assert.Equal(GeneratedCode.Of(Clashing), GeneratedCode.Of(Clashing.ReplaceLineEndings("\r\n")));

    [Fact]
    public void Doc_comments_become_XML_and_hints_do_not()
    {
        var file = GeneratedCode.Of("""
            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
            }

            /// A & B <c>
            /// @softDelete
            /// @renamedFrom("old")
            model Account {
              id        Int       @id
              /// When it
              /// went.
              deletedAt DateTime?
            }
            """).Single(f => f.Path == "Account.cs").Text;
        Assert.Contains("/// <summary>A &amp; B &lt;c&gt;</summary>\npublic partial class Account", file, StringComparison.Ordinal);
        Assert.Contains("    /// When it\n    /// went.\n", file, StringComparison.Ordinal);
        Assert.DoesNotContain("@", file, StringComparison.Ordinal);
        Assert.Contains("entity.HasSoftDelete(\"DeletedAt\", e => e.DeletedAt == null);", file, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_may_be_called_what_reading_by_key_calls_its_own() => Assert.Empty(EverySchemaTests.Complaints([new SourceText("schema.prisma", """
        datasource db {
          provider = "postgresql"
        }

        model Task {
          c     Int
          e     String @db.Uuid
          stop  DateTime @db.Date
          class Bytes
          Class Boolean
          C2    Kind

          @@id([c, e, stop, class, Class, C2])
        }

        model CancellationToken {
          id BigInt @id
        }

        model EF {
          event Decimal @id
        }

        model CompiledQuery {
          id Float @id
        }

        enum Kind {
          ONE
        }
        """)]));
}
