namespace Sluice.Postgres.Backup;

/// <summary>An archive as `pg_restore` can read it: an encrypted one decrypted into a private folder, gone when this is.</summary>
internal sealed class OpenedArchive : IDisposable
{
    private readonly ScratchFolder? folder;

    private OpenedArchive(string path, ScratchFolder? folder) => (Path, this.folder) = (path, folder);

    public string Path { get; }

    /// <exception cref="Connecting.ProblemException">SL5104: a part of it does not open.</exception>
    public static async Task<OpenedArchive> OpenAsync(string archive, BackupManifest manifest, BackupKey? key, CancellationToken cancellation)
    {
        if (manifest.Encryption is null)
        {
            return new OpenedArchive(archive, null);
        }

        manifest.RequireOpens(archive, key);
        var folder = ScratchFolder.Create();
        var opened = new OpenedArchive(folder.Of("archive.dump"), folder);
        try
        {
            await EncryptedArchive.OpenAsync(archive, opened.Path, key!, cancellation);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose() => folder?.Dispose();
}
