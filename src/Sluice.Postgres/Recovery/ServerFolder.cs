using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Recovery;

/// <summary>The base backups and the WAL of one server, in a folder that bears the server's own identifier: WAL of another one is never mixed in.</summary>
public sealed record ServerFolder(string Path)
{
    private const string Prefix = "server-";

    public string Bases => System.IO.Path.Combine(Path, "base");

    public string Wal => System.IO.Path.Combine(Path, "wal");

    internal static ServerFolder Of(string backups, string system) => new(System.IO.Path.Combine(backups, Prefix + system));

    /// <summary>The server's folder; of a server that is gone, the only one there is.</summary>
    /// <param name="system">Null where the server cannot be asked.</param>
    /// <exception cref="ProblemException">SL5142: there is none, or one of several.</exception>
    /// <param name="named">By the user, who is told which there are.</param>
    internal static ServerFolder Find(string backups, string? system, bool named = false)
    {
        ImmutableArray<string> there = Directory.Exists(backups) ? [.. Directory.EnumerateDirectories(backups, Prefix + "*").Order(StringComparer.Ordinal)] : [];
        return (system, there) switch
        {
            (not null, _) when Directory.Exists(Of(backups, system).Bases) => Of(backups, system),
            (null, [var only]) => new ServerFolder(only),
            (_, [_, ..]) => throw BaseManifest.Missing(
                $"{(named ? $"There is no base backup of a server {system}" : system is null ? "The server does not answer, and which one is meant nobody can tell" : "The server that answers is another one than those of which there are base backups")} in {backups}.",
                $"Say whose are meant: {string.Join(", or ", there.Select(t => $"`--from-server {System.IO.Path.GetFileName(t)[Prefix.Length..]}`"))}"),
            _ => throw BaseManifest.Missing($"There is no base backup of this server in {backups}.", "For the next time: `sluice backup base`, and `sluice backup wal` all the time."),
        };
    }

    /// <summary>The base backups that were finished, newest first.</summary>
    internal ImmutableArray<BaseBackup> List() => Directory.Exists(Bases)
        ? [.. Directory.EnumerateFiles(Bases, "*" + BaseManifest.Suffix)
            .Select(path => new BaseBackup(path[..^BaseManifest.Suffix.Length], BaseManifest.Read(path)))
            .Where(b => Directory.Exists(b.Folder))
            .OrderByDescending(b => b.Manifest.EndedAt)]
        : [];

    /// <summary>While it is held no base backup is removed.</summary>
    internal FileStream HoldBases() => new(System.IO.Path.Combine(Bases, "copy.lock"), FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);

    /// <summary>Null while somebody copies one.</summary>
    internal FileStream? TryOwnBases() => Lock("copy.lock");

    /// <summary>Null while another process takes a base backup.</summary>
    internal FileStream? TryTake() => Lock("base.lock");

    private FileStream? Lock(string name)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(Bases, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    internal void Create()
    {
        foreach (var folder in new[] { Path, Bases, Wal })
        {
            PrivateFiles.CreateFolder(folder);
        }
    }
}

/// <summary>A server's whole data as files, and what is known of it.</summary>
public sealed record BaseBackup(string Folder, BaseManifest Manifest);
