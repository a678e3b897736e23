using Sluice.Catalog;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.Tests.Online;

/// <summary>What the planner writes, the linter checks.</summary>
public sealed class OnlineScriptTests
{
    public static TheoryData<string> Cases => [.. MigrationCase.All.Select(c => c.Name)];

    [Theory, MemberData(nameof(Cases))]
    public void A_migration_is_written_online_as_agreed(string name)
    {
        var test = MigrationCase.All.Single(c => c.Name == name);
        var online = Migration.OnlineFile(test.Before(), test.After());

        Assert.Equal(test.Expected("online.sql", online.Script), online.Script);
        Assert.Equal(online.Script, Migration.OnlineFile(test.Before(), test.After()).Script);
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_linter_finds_nothing_in_it_that_it_does_not_name_itself(string name)
    {
        var test = MigrationCase.All.Single(c => c.Name == name);

        Assert.Empty(OnlineFindings.Of(test.Before(), test.After()));
        Assert.Empty(OnlineFindings.Of(test.After(), test.Before()));
    }

    [Fact]
    public void The_plain_forms_of_the_same_are_found() =>
        Assert.NotEmpty(MigrationCase.All.SelectMany(c => OnlineFindings.In(Migration.Script(c.Before(), c.After()), c.Before(), [])));

    [Fact]
    public void What_needs_a_value_in_each_row_is_left_for_the_next_migration()
    {
        var before = Read("model Order {\n  id Int @id\n}\n");
        var after = Read("model Order {\n  id Int @id\n  code String @default(dbgenerated(\"gen_random_uuid()\"))\n  note String\n  size Int @default(1)\n  tag String? @default(dbgenerated(\"gen_random_uuid()\"))\n}\n");

        var online = Migration.OnlineFile(before, after);

        Assert.Equal([("code", "gen_random_uuid()", true), ("note", null, true), ("tag", "gen_random_uuid()", false)], online.Late.Select(l => (l.Column, l.Value, l.IsRequired)));
        Assert.Empty(online.Offline);
        Assert.Equal(
            """
            -- To be filled: "code" of "Order", before the migration that requires it
            -- To be filled: "note" of "Order", before the migration that requires it
            -- To be filled: "tag" of "Order"

            -- AlterTable
            ALTER TABLE "Order" ADD COLUMN     "code" TEXT,
            ADD COLUMN     "note" TEXT,
            ADD COLUMN     "size" INTEGER NOT NULL DEFAULT 1,
            ADD COLUMN     "tag" TEXT;
            ALTER TABLE "Order" ALTER COLUMN "code" SET DEFAULT gen_random_uuid();
            ALTER TABLE "Order" ALTER COLUMN "tag" SET DEFAULT gen_random_uuid();

            """.ReplaceLineEndings("\n"),
            online.Script);
    }

    [Fact]
    public void What_no_form_does_online_is_named()
    {
        var before = Read("enum State {\n  new\n  old\n}\nmodel Order {\n  id Int @id\n  total Int\n  state State\n}\n");
        var after = Read("enum State {\n  new\n}\nmodel Order {\n  id Int @id\n  total BigInt\n  state State\n}\n");
        var renamed = Read("enum State {\n  new\n  old\n}\n/// @renamedFrom(\"Order\")\nmodel Purchase {\n  id Int @id\n  total Int\n  state State\n}\n");

        Assert.Collection(
            Migration.OnlineFile(before, after).Offline,
            l => Assert.StartsWith("Order is closed while every row is written anew: ALTER TABLE \"Order\" ALTER COLUMN \"state\" TYPE", l, StringComparison.Ordinal),
            l => Assert.StartsWith("Order is closed while every row is written anew: ALTER TABLE \"Order\" ALTER COLUMN \"total\" SET DATA TYPE BIGINT", l, StringComparison.Ordinal));
        Assert.Equal("the application that runs asks for the old name: ALTER TABLE \"Order\" RENAME TO \"Purchase\"", Assert.Single(Migration.OnlineFile(before, renamed).Offline));
    }

    [Fact]
    public void What_an_index_cannot_be_told_and_what_is_not_enforced_is_added_as_it_is()
    {
        var before = Read("model t {\n  id Int\n  p Int\n  @@unique([id])\n}\n") with { SeesObjects = true };
        var after = before with
        {
            Objects =
            [
                new SqlObject(new ObjectId(ObjectKind.PrimaryKey, "public", "t", "t_pkey"), "PRIMARY KEY (id, p WITHOUT OVERLAPS)"),
                new SqlObject(new ObjectId(ObjectKind.Check, "public", "t", "few"), "CHECK ((id < 9)) NOT ENFORCED"),
            ],
        };

        var (_, script, _, offline) = Migration.OnlineFile(before, after);

        Assert.StartsWith("t is closed while every row is read: ALTER TABLE \"public\".\"t\" ADD CONSTRAINT \"t_pkey\"", Assert.Single(offline), StringComparison.Ordinal);
        Assert.Contains("ADD CONSTRAINT \"t_pkey\" PRIMARY KEY (id, p WITHOUT OVERLAPS);\n", script, StringComparison.Ordinal);
        Assert.Contains("ADD CONSTRAINT \"few\" CHECK ((id < 9)) NOT ENFORCED;\n", script, StringComparison.Ordinal);
        Assert.DoesNotContain("VALIDATE", script, StringComparison.Ordinal);
    }

    private static Database Read(string models) => CatalogBuilder.Build(Migration.Read(new SourceText("schema.prisma", models)).Value);
}
