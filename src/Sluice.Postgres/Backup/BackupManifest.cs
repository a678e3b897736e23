using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backup;

/// <summary>What lies beside every archive. It is written last, once the archive was restored and compared: no manifest, no backup.</summary>
public sealed record BackupManifest
{
    public const int CurrentVersion = 1;

    public const string Suffix = ".json";

    internal const string RefusedCode = "SL5104";

    public int ManifestVersion { get; init; } = CurrentVersion;

    public required string Database { get; init; }

    public required string Server { get; init; }

    /// <summary>The moment whose state the archive holds.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    public required long DurationMs { get; init; }

    /// <summary>Of the restore into a scratch database, and the comparison.</summary>
    public required long ProofMs { get; init; }

    public required string ServerVersion { get; init; }

    public required string ToolVersion { get; init; }

    /// <summary>The last migration applied; null where there is no history.</summary>
    public required string? SchemaVersion { get; init; }

    public required ArchiveFormat Format { get; init; }

    /// <summary>False when only the rows of the listed tables are in it.</summary>
    public required bool Whole { get; init; }

    public required DatabaseTraits Traits { get; init; }

    /// <summary>Of the definitions of every object.</summary>
    public required string CatalogHash { get; init; }

    public required ImmutableArray<TableRows> Tables { get; init; }

    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }

    // What came later is left out where it is not said: the seal of an older manifest must stay what it was.

    /// <summary>Of a file its stretches, of a folder its files: they tell where an archive is damaged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<ArchivePart> Parts { get; init; }

    /// <summary>The server's own identifier, whatever address it has; null in older manifests.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? System { get; init; }

    /// <summary>The roles of the server, by name: another server must have them before it can take the objects.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<string> Roles { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ArchiveEncryption? Encryption { get; init; }

    public static string PathFor(string archive) => Path.TrimEndingDirectorySeparator(archive) + Suffix;

    /// <summary>The manifest of an encrypted archive: hashes that only the key's owner can compare, and a seal over all of it.</summary>
    internal BackupManifest SealedWith(BackupKey key)
    {
        var blind = this with
        {
            CatalogHash = key.Blind(CatalogHash),
            Tables = [.. Blinded(Tables, key)],
            Encryption = new ArchiveEncryption(ArchiveEncryption.Aes256Gcm, key.Id, ""),
        };
        return blind with { Encryption = blind.Encryption with { Seal = blind.SealBy(key) } };
    }

    /// <exception cref="ProblemException">SL5111: no key, or another one. SL5104: the manifest was changed.</exception>
    internal void RequireOpens(string archive, BackupKey? key, bool allowsUnencrypted = false) =>
        ArchiveEncryption.RequireOpens(archive, Encryption, key, allowsUnencrypted, SealBy);

    internal static IEnumerable<TableRows> Blinded(IEnumerable<TableRows> tables, BackupKey key) => tables.Select(t => t with { Hash = key.Blind(t.Hash) });

    private string SealBy(BackupKey key) => key.Mac(
        "sluice backup manifest",
        JsonSerializer.SerializeToUtf8Bytes(this with { Encryption = Encryption! with { Seal = "" } }, ManifestJson.Default.BackupManifest));

    internal async Task WriteAsync(string archive, CancellationToken cancellation)
    {
        var path = PathFor(archive);
        await using (var file = PrivateFiles.Create(path + ".partial"))
        {
            await JsonSerializer.SerializeAsync(file, this, ManifestJson.Default.BackupManifest, cancellation);
        }

        File.Move(path + ".partial", path);
    }

    /// <exception cref="ProblemException">SL5104: there is none, or it cannot be understood.</exception>
    public static async Task<BackupManifest> ReadAsync(string archive, CancellationToken cancellation = default)
    {
        var path = PathFor(archive);
        if (!File.Exists(path))
        {
            throw Refused(archive, $"its manifest {Path.GetFileName(path)} is missing, so nothing says whether it is whole and was ever proved.");
        }

        try
        {
            await using var file = File.OpenRead(path);
            var manifest = await JsonSerializer.DeserializeAsync(file, ManifestJson.Default.BackupManifest, cancellation);
            return manifest switch
            {
                { ManifestVersion: CurrentVersion } => manifest,
                { ManifestVersion: var other } => throw Refused(archive, $"its manifest has version {other}; this tool knows {CurrentVersion}."),
                null => throw Refused(archive, "its manifest is empty."),
            };
        }
        catch (JsonException damaged)
        {
            throw Refused(archive, $"its manifest cannot be read: {damaged.Message}");
        }
    }

    internal static ProblemException Refused(string archive, string reason) => new(new Problem(
        RefusedCode, $"The backup {archive} is refused: {reason}")
    {
        Remedies = ["Take another one: `ls -t backups/*.dump`", "Bring the file back whole, with its manifest, from where it was copied to."],
    });
}

/// <summary>One table's rows. <paramref name="Hash"/> does not depend on their order.</summary>
public sealed record TableRows(string Schema, string Name, long Rows, string Hash);

/// <summary>A stretch of an archive's file, or a file of its folder.</summary>
/// <param name="File">Null for the archive's own.</param>
public sealed record ArchivePart(string? File, long From, long Bytes, string Sha256);

/// <summary>What a database must be created with so that it can hold the same text in the same order.</summary>
public sealed record DatabaseTraits(string Encoding, string Collate, string Ctype, string Provider, string? Locale);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
