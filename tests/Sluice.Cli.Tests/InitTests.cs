namespace Sluice.Cli.Tests;

public sealed class InitTests
{
    [Fact]
    public async Task A_project_begins_with_a_valid_formatted_schema_and_an_env_file()
    {
        using var work = new Workspace();
        (await work.RunAsync("init", "shop")).Ends(0).Says("shop/schema.prisma", "shop/.env", "migrate dev --name init");
        (await work.RunAsync("validate", "--schema", "shop/schema.prisma")).Ends(0);
        (await work.RunAsync("format", "--check", "--schema", "shop/schema.prisma")).Ends(0);
        Assert.Contains("# DATABASE_URL=", work["shop/.env"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_env_file_is_for_its_owner_alone_and_stays_out_of_version_control()
    {
        using var work = new Workspace();
        (await work.RunAsync("init", "shop", "--url", "postgresql://me:secret@127.0.0.1:9/shop")).Ends(0).Says("shop/.gitignore");
        Assert.Equal(".env\n.sluice/\n", work["shop/.gitignore"]);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(work.Folder, "shop/.env")));
        }

        work.Write("other/.gitignore", "bin/\n");
        (await work.RunAsync("init", "other")).Ends(0).Warns("other/.gitignore does not name .env");
        Assert.Equal("bin/\n", work["other/.gitignore"]);
    }

    [Fact]
    public async Task Nothing_that_exists_is_overwritten()
    {
        using var work = new Workspace(Workspace.Users);
        var before = work["schema.prisma"];
        (await work.RunAsync("init")).Ends(1).Warns("There is a schema already: schema.prisma");
        Assert.Equal(before, work["schema.prisma"]);
        using var other = new Workspace();
        other.Write(".env", "A=1\n");
        (await other.RunAsync("init")).Ends(0).Warns("DATABASE_URL");
        Assert.Equal("A=1\n", other[".env"]);
    }
}
