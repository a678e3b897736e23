using Sluice.Catalog;
using Sluice.Postgres.Tests.Running;
using Sluice.Postgres.Verifying;
using Sluice.Text;
using Xunit;

namespace Sluice.Postgres.Tests.Verifying;

/// <summary>Casts that Prisma calls safe, on values that they change.</summary>
public sealed class NarrowingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("DateTime", "DateTime @db.Date", "UTC", 2, "'2026-01-01 10:00'", "'2026-01-01 23:59:59.999'", "'2026-01-01'")]
    [InlineData("DateTime", "DateTime @db.Time(3)", "UTC", 1, "'2026-01-01 10:00'", "'1970-01-01 10:00'")]
    [InlineData("DateTime", "DateTime @db.Timetz(3)", "UTC", 1, "'2026-01-01 10:00'", "'1970-01-01 10:00'")]
    [InlineData("DateTime", "DateTime @db.Timestamp(0)", "UTC", 1, "'2026-01-01 10:00:00.5'", "'2026-01-01 10:00:00'")]
    [InlineData("DateTime", "DateTime @db.Timestamptz(3)", "UTC", 0, "'2026-01-01 10:00:00.5'", "NULL")]
    [InlineData("DateTime", "DateTime @db.Timestamptz(3)", "Europe/Berlin", 1, "'2026-01-01 10:00:00.5'", "NULL")]
    [InlineData("DateTime @db.Timestamptz(6)", "DateTime @db.Timestamptz(3)", "Europe/Berlin", 1, "'2026-01-01 10:00:00.000001Z'", "'2026-01-01 10:00:00.5Z'")]
    [InlineData("DateTime @db.Timestamptz(3)", "DateTime", "UTC", 0, "'2026-01-01 10:00Z'")]
    [InlineData("DateTime @db.Timestamptz(3)", "DateTime", "Asia/Tokyo", 1, "'2026-01-01 10:00Z'")]
    [InlineData("DateTime @db.Timestamptz(3)", "DateTime @db.Date", "UTC", 1, "'2026-01-01 10:00Z'", "'2026-01-01Z'")]
    [InlineData("DateTime @db.Timestamptz(3)", "DateTime @db.Time(3)", "UTC", 1, "'2026-01-01 10:00Z'", "'1970-01-01 10:00Z'")]
    [InlineData("DateTime @db.Timestamptz(3)", "DateTime @db.Timetz(3)", "UTC", 1, "'2026-01-01 10:00Z'", "'1970-01-01 10:00Z'")]
    [InlineData("DateTime @db.Date", "DateTime @db.Timestamptz(3)", "Asia/Tokyo", 1, "'2026-01-01'")]
    [InlineData("DateTime @db.Date", "DateTime @db.Timestamptz(3)", "UTC", 0, "'2026-01-01'")]
    [InlineData("DateTime @db.Date", "DateTime", "Asia/Tokyo", 0, "'2026-01-01'")]
    [InlineData("DateTime @db.Time(3)", "DateTime @db.Timetz(3)", "Asia/Tokyo", 1, "'10:00'")]
    [InlineData("DateTime @db.Timetz(3)", "DateTime @db.Time(3)", "UTC", 1, "'10:00+02'", "'10:00+00'")]
    [InlineData("DateTime @db.Timetz(6)", "DateTime @db.Timetz(3)", "UTC", 1, "'10:00:00.000001+02'", "'10:00+02'")]
    [InlineData("Int", "Float @db.Real", "UTC", 2, "16777217", "2147483647", "16777216", "-2147483648")]
    [InlineData("BigInt", "Float", "UTC", 2, "9007199254740993", "9223372036854775807", "9007199254740992", "-9223372036854775808")]
    [InlineData("BigInt", "Float @db.Real", "UTC", 2, "16777217", "9223372036854775807", "16777216", "-9223372036854775808")]
    [InlineData("Int @db.Oid", "Int", "UTC", 1, "4294967295", "2147483647")]
    [InlineData("String @db.VarChar(3)", "String @db.Char(5)", "UTC", 1, "'a '", "'abc'")]
    [InlineData("Int", "BigInt", "UTC", 0, "2147483647")]
    public async Task A_cast_that_changes_values_is_asked_about_with_their_number(string from, string to, string zone, int changed, params string[] values)
    {
        await using var bench = await OpenAsync(zone, Optional(from));
        await bench.ExecuteAsync($"INSERT INTO \"T\" (v) VALUES {string.Join(", ", values.Select(v => $"({v})"))}");

        var proposal = await ProposeAsync(bench, Optional(to));

        Assert.False(proposal.IsEmpty);
        Assert.DoesNotContain("Warnings", proposal.Script, StringComparison.Ordinal);
        if (changed == 0)
        {
            Assert.Empty(proposal.Warnings);
            return;
        }

        var noun = changed == 1 ? "1 value" : $"{changed} values";
        Assert.Contains("column `v` on the `T` table from `", Assert.Single(proposal.Warnings), StringComparison.Ordinal);
        Assert.EndsWith($"{noun} would not stay the same.", proposal.Warnings[0], StringComparison.Ordinal);
        await Push.ApplyAsync(bench.Settings, proposal, cancellation: Stop);
    }

    [Fact]
    public async Task The_values_of_lists_are_looked_at_one_by_one()
    {
        await using var bench = await OpenAsync("UTC", "DateTime[]");
        await bench.ExecuteAsync("""INSERT INTO "T" (v) VALUES ('{2026-01-01 00:00,2026-01-01 10:00}'), ('{2026-01-01 00:00}'), ('{}'), (NULL)""");

        var proposal = await ProposeAsync(bench, "DateTime[] @db.Date");

        Assert.EndsWith("1 value would not stay the same.", Assert.Single(proposal.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_the_cast_stumbles_over_does_not_hide_the_question()
    {
        await using var bench = await OpenAsync("UTC", "DateTime @db.Date");
        await bench.ExecuteAsync("""INSERT INTO "T" (v) VALUES ('5874897-12-31'), ('infinity')""");

        Assert.EndsWith("would not stay the same.", Assert.Single((await ProposeAsync(bench, "DateTime @db.Timestamptz(3)")).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_right_to_look_every_value_may_change()
    {
        await using var bench = await OpenAsync("UTC", "DateTime");
        var blind = $"blind_{Guid.NewGuid():N}";
        await bench.ExecuteAsync($"CREATE ROLE {blind}; REVOKE ALL ON \"T\" FROM {blind}");
        try
        {
            bench.Settings = bench.Settings with { Address = bench.Settings.Address with { Options = $"-c role={blind}" } };

            var proposal = await ProposeAsync(bench, "DateTime @db.Date");

            Assert.Equal(
                "You are about to alter the column `v` on the `T` table from `Timestamp(3)` to `Date`. Values that do not fit would not stay the same.",
                Assert.Single(proposal.Warnings));
        }
        finally
        {
            await bench.ExecuteAsync($"DROP ROLE {blind}");
        }
    }

    private static string Optional(string type) => string.Join("? ", type.Split(' ', 2)) + (type.Contains(' ', StringComparison.Ordinal) ? "" : "?");

    private static async Task<Workbench> OpenAsync(string zone, string type)
    {
        var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { Address = bench.Settings.Address with { Options = $"-c TimeZone={zone}" } };
        await Push.ApplyAsync(bench.Settings, await ProposeAsync(bench, type), cancellation: Stop);
        return bench;
    }

    private static Task<SchemaProposal> ProposeAsync(Workbench bench, string type) =>
        Push.PlanAsync(bench.Settings, Wanted($"model T {{\n  id Int @id @default(autoincrement())\n  v {type}\n}}"), Stop);

    private static Database Wanted(string schema)
    {
        var text = "datasource db {\n  provider = \"postgresql\"\n  url = env(\"X\")\n}\n" + schema;
        var read = Migration.Read(new SourceText("schema.prisma", text));
        Assert.False(read.HasErrors, string.Join('\n', read.Diagnostics.Select(d => d.Message)));
        return CatalogBuilder.Build(read.Value);
    }
}
