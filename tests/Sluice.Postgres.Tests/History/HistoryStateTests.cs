using System.Text;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Xunit;

namespace Sluice.Postgres.Tests.History;

public sealed class HistoryStateTests
{
    private static readonly DateTimeOffset Day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_a_table_everything_is_pending()
    {
        var state = HistoryState.Compare(Folder("1", "2"), null);

        Assert.Equal(["1", "2"], state.Pending);
        Assert.False(state.TableExists);
    }

    [Fact]
    public void Each_row_falls_into_its_state()
    {
        var state = HistoryState.Compare(
            Folder("1_ok", "2_edited", "3_failed", "4_rolled_back", "5_rolled_back_then_applied", "6_late", "8_new"),
            [
                Row("1_ok"),
                Row("2_edited", checksum: "x"),
                Row("3_failed", finished: false),
                Row("4_rolled_back", finished: false, rolledBack: true),
                Row("5_rolled_back_then_applied", finished: false, rolledBack: true),
                Row("5_rolled_back_then_applied"),
                Row("0_missing"),
                Row("7_missing"),
            ]);

        Assert.Equal(["0_missing", "1_ok", "2_edited", "5_rolled_back_then_applied", "7_missing"], state.Applied);
        Assert.Equal(["4_rolled_back", "6_late", "8_new"], state.Pending);
        Assert.Equal(["3_failed"], state.Failed.Select(r => r.MigrationName));
        Assert.Equal(["4_rolled_back"], state.RolledBack);
        Assert.Equal(["2_edited"], state.Edited);
        Assert.Equal(["0_missing", "7_missing"], state.Missing);
        Assert.Equal(["4_rolled_back", "6_late"], state.OutOfOrder);
    }

    [Fact]
    public void A_failed_migration_that_is_gone_from_disk_is_still_failed()
    {
        var state = HistoryState.Compare(Folder(), [Row("1_gone", finished: false)]);

        Assert.Single(state.Failed);
        Assert.Empty(state.Missing);
    }

    [Fact]
    public void A_migration_applied_and_then_marked_as_rolled_back_is_pending()
    {
        Assert.Equal(["1"], HistoryState.Compare(Folder("1"), [Row("1", rolledBack: true)]).Pending);
    }

    private static MigrationFolder Folder(params string[] names) =>
        new("migrations", [.. names.Select(n => new MigrationFile(n, n, [.. Encoding.UTF8.GetBytes(n)]))], [], null);

    private static HistoryRow Row(string name, bool finished = true, bool rolledBack = false, string? checksum = null) => new(
        Guid.NewGuid().ToString(),
        checksum ?? Checksums.Of(Encoding.UTF8.GetBytes(name)),
        finished ? Day : null,
        name,
        null,
        rolledBack ? Day : null,
        Day,
        finished ? 1 : 0);
}
