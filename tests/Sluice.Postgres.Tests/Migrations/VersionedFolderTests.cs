using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Xunit;

namespace Sluice.Postgres.Tests.Migrations;

public sealed class VersionedFolderTests : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("sluice-versioned-").FullName;

    public void Dispose() => Directory.Delete(path, recursive: true);

    [Theory]
    [InlineData("10_c 9_b 1_a 100_d", "1_a 9_b 10_c 100_d")]
    [InlineData("010_b 9_a 0011_c", "9_a 010_b 0011_c")]
    [InlineData("10_b 9_c v1_d", "10_b 9_c v1_d")]
    [InlineData("99999999999999999999999999_a 100000000000000000000000000_b", "99999999999999999999999999_a 100000000000000000000000000_b")]
    [InlineData("1.10_b 1.9_c", "1.10_b 1.9_c")]
    public void Versions_are_ordered_as_numbers_when_all_are_and_ordinally_otherwise(string files, string expected)
    {
        foreach (var name in files.Split(' '))
        {
            Write(name + ".up.sql");
        }

        var folder = MigrationFolder.Read(path);
        Assert.Equal(MigrationLayout.Versioned, folder.Layout);
        Assert.Equal(expected, string.Join(' ', folder.Names));
    }

    [Fact]
    public void Each_migration_has_its_down_script_where_there_is_one()
    {
        Write("001_a.up.sql", "up");
        Write("001_a.down.sql", "down");
        Write("002_b.up.sql");
        Write(".hidden.sql");

        var folder = MigrationFolder.Read(path);
        Assert.Equal("up", folder.Migrations[0].Script);
        Assert.Equal("down", folder.Migrations[0].Down?.Script);
        Assert.Null(folder.Migrations[1].Down);
    }

    [Fact]
    public void A_folder_migration_may_have_a_down_script_too()
    {
        Write("20250101000000_a/migration.sql");
        Write("20250101000000_a/down.sql", "DROP TABLE a;");

        Assert.Equal("DROP TABLE a;", Assert.Single(MigrationFolder.Read(path).Migrations).Down?.Script);
    }

    [Fact]
    public void Everything_wrong_with_the_files_is_told_at_once_with_its_remedy()
    {
        foreach (var name in new[] { "001_a.up.sql", "1_b.up.sql", "002_c.down.sql", "003_d.up.sql", "003_e.down.sql", "004.up.sql", "005_f.sql", "006_g.UP.sql" })
        {
            Write(name);
        }

        var problem = Fails("SL5021");
        string[] expected =
        [
            "1_b.up.sql: has the same version as 001_a.up.sql.",
            "002_c.down.sql: there is no 002_c.up.sql beside it.",
            "003_e.down.sql: there is no 003_e.up.sql beside it.",
            "004.up.sql: the name does not say which migration it is.",
            "005_f.sql: the name",
            "006_g.UP.sql: the name",
        ];
        Assert.All(expected, e => Assert.Contains(e, problem.Message, StringComparison.Ordinal));
        Assert.Equal(expected.Length, problem.Remedies.Length);
        Assert.Contains("Name both halves alike: 003_d.up.sql and 003_d.down.sql", problem.Remedies);
    }

    [Fact]
    public void Two_layouts_in_one_folder_are_refused_by_name()
    {
        Write("20250101000000_a/migration.sql");
        Write("001_b.up.sql");

        var message = Fails("SL5020").Message;
        Assert.Contains("20250101000000_a", message, StringComparison.Ordinal);
        Assert.Contains("001_b.up.sql", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stray_script_beside_folders_is_no_migration()
    {
        Write("20250101000000_a/migration.sql");
        Write("notes.sql");
        Write("1_notes.sql");

        Assert.Equal(["20250101000000_a"], MigrationFolder.Read(path).Names);
    }

    [Theory]
    [InlineData("2", "002_b")]
    [InlineData("002", "002_b")]
    [InlineData("002_b", "002_b")]
    [InlineData("02_b", null)]
    [InlineData("4", null)]
    public void A_version_names_its_migration(string given, string? expected)
    {
        Write("001_a.up.sql");
        Write("002_b.up.sql");

        var folder = MigrationFolder.Read(path);
        Assert.Equal(expected, folder.Meant(given, folder.Names));
    }

    private Problem Fails(string code)
    {
        var problem = Assert.Throws<ProblemException>(() => MigrationFolder.Read(path)).Problem;
        Assert.Equal(code, problem.Code);
        return problem;
    }

    private void Write(string name, string text = "SELECT 1;")
    {
        var file = Path.Combine(path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
