using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Recovery;

/// <summary>What lies beside a base backup, written last: without it there is none.</summary>
public sealed record BaseManifest
{
    internal const string Suffix = ".json";

    private const int CurrentVersion = 1;

    public int ManifestVersion { get; init; } = CurrentVersion;

    public required string System { get; init; }

    public required string Server { get; init; }

    public required string ServerVersion { get; init; }

    /// <summary>By the server's clock, as everything that a moment is compared with.</summary>
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>The first moment that can be gone back to.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>The first WAL file that is needed.</summary>
    public required string FirstWal { get; init; }

    public required string EndLsn { get; init; }

    public required long Bytes { get; init; }

    public required long DurationMs { get; init; }

    // What came later is left out where it is not said: older manifests are read, too.

    /// <summary>Bound into each encrypted file: those of two base backups cannot stand in for each other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    /// <summary>Of the names and sizes of the encrypted files: none can be left out, and none put in.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FileList { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ArchiveEncryption? Encryption { get; init; }

    internal BaseManifest SealedWith(BackupKey key)
    {
        var open = this with { Encryption = new ArchiveEncryption(ArchiveEncryption.Aes256Gcm, key.Id, "") };
        return open with { Encryption = open.Encryption with { Seal = open.SealBy(key) } };
    }

    /// <exception cref="ProblemException">SL5111: no key, or another one. SL5104: the manifest was changed.</exception>
    internal void RequireOpens(string folder, BackupKey? key, bool allowsUnencrypted) =>
        ArchiveEncryption.RequireOpens(folder, Encryption, key, allowsUnencrypted, SealBy);

    private string SealBy(BackupKey key) => key.Mac(
        "sluice base backup manifest",
        JsonSerializer.SerializeToUtf8Bytes(this with { Encryption = Encryption! with { Seal = "" } }, BaseManifestJson.Default.BaseManifest));

    internal static BaseManifest Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, BaseManifestJson.Default.BaseManifest) is { ManifestVersion: CurrentVersion } manifest
                ? manifest
                : throw Missing($"{path} is of a version that this tool does not know.", "Use the tool that wrote it, or a newer one.");
        }
        catch (JsonException damaged)
        {
            throw Missing($"{path} cannot be read: {damaged.Message}", "Move it away with its folder; an older base backup is taken then.");
        }
    }

    internal async Task WriteAsync(string path, CancellationToken cancellation)
    {
        await using (var file = PrivateFiles.Create(path + ".partial"))
        {
            await JsonSerializer.SerializeAsync(file, this, BaseManifestJson.Default.BaseManifest, cancellation);
        }

        File.Move(path + ".partial", path);
    }

    internal static ProblemException Missing(string what, params string[] remedies) => new(new Problem("SL5142", what) { Remedies = [.. remedies] });
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BaseManifest))]
internal sealed partial class BaseManifestJson : JsonSerializerContext;
