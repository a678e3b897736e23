using Sluice.Postgres.Connecting;
using Sluice.Postgres.Recovery;
using Xunit;

namespace Sluice.Postgres.Tests.Recovery;

public sealed class ServerFolderTests : IDisposable
{
    private readonly DirectoryInfo backups = System.IO.Directory.CreateTempSubdirectory("sluice-servers-");

    [Fact]
    public void A_server_that_took_the_place_of_a_lost_one_is_told_whose_backups_there_are()
    {
        Make("7001");
        var problem = Assert.Throws<ProblemException>(() => ServerFolder.Find(backups.FullName, "7002")).Problem;
        Assert.Contains("another one than those", problem.Message, StringComparison.Ordinal);
        Assert.Contains("`--from-server 7001`", problem.Remedies[0], StringComparison.Ordinal);
        Assert.EndsWith("server-7001", ServerFolder.Find(backups.FullName, "7001", named: true).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_server_that_answers_the_only_one_is_meant_and_of_several_none()
    {
        Make("7001");
        Assert.EndsWith("server-7001", ServerFolder.Find(backups.FullName, null).Path, StringComparison.Ordinal);
        Make("7002");
        var problem = Assert.Throws<ProblemException>(() => ServerFolder.Find(backups.FullName, null)).Problem;
        Assert.Contains("`--from-server 7001`, or `--from-server 7002`", problem.Remedies[0], StringComparison.Ordinal);
    }

    public void Dispose() => backups.Delete(recursive: true);

    private void Make(string system) => System.IO.Directory.CreateDirectory(Path.Combine(backups.FullName, "server-" + system, "base"));
}
