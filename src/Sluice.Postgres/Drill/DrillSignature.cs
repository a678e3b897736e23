using System.Security.Cryptography;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Drill;

/// <summary>
/// Reports as files, signed: ECDSA over P-256 and SHA-256, the signature in base64 of its DER form, so that `openssl dgst -verify`
/// can check it as well. Beside the JSON that is signed lies the same as text, for a person.
/// </summary>
public static class DrillSignature
{
    private const string SignatureSuffix = ".sig";
    private const string TextSuffix = ".txt";

    /// <summary>Makes the key where it is missing, for its owner alone, and its public half beside it (`.pub`).</summary>
    /// <exception cref="ProblemException">SL5145: the key cannot be used.</exception>
    public static async Task<string> WriteAsync(DrillReport report, string folder, string keyFile, CancellationToken cancellation = default)
    {
        using var key = KeyOf(keyFile);
        PrivateFiles.CreateFolder(folder);
        var json = report.ToJson();
        var path = FreeName(folder, report);
        await File.WriteAllBytesAsync(path, json, cancellation);
        await File.WriteAllTextAsync(path + SignatureSuffix, Convert.ToBase64String(key.SignData(json, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) + "\n", cancellation);
        await File.WriteAllTextAsync(Path.ChangeExtension(path, TextSuffix), report.ToText(), cancellation);
        return path;
    }

    /// <param name="publicKeyFile">The public half, in PEM.</param>
    /// <exception cref="ProblemException">SL5146: something is missing or was changed.</exception>
    public static async Task<DrillReport> VerifyAsync(string path, string publicKeyFile, CancellationToken cancellation = default)
    {
        foreach (var file in new[] { path, path + SignatureSuffix, publicKeyFile }.Where(f => !File.Exists(f)))
        {
            throw Refused($"{file} is not there.");
        }

        var json = await File.ReadAllBytesAsync(path, cancellation);
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(await File.ReadAllTextAsync(publicKeyFile, cancellation));
            var signature = Convert.FromBase64String(await File.ReadAllTextAsync(path + SignatureSuffix, cancellation));
            if (!key.VerifyData(json, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            {
                throw Refused($"{path} is not what was signed with the key of {publicKeyFile}: it was changed, or another key signed it.");
            }
        }
        catch (Exception odd) when (odd is ArgumentException or FormatException or CryptographicException)
        {
            throw Refused($"{path} cannot be verified with {publicKeyFile}: {odd.Message}");
        }

        var report = DrillReport.Parse(json, path);
        var text = Path.ChangeExtension(path, TextSuffix);
        return !File.Exists(text) || await File.ReadAllTextAsync(text, cancellation) == report.ToText()
            ? report
            : throw Refused($"{text} is not the text of the signed report.");
    }

    private static ECDsa KeyOf(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (!File.Exists(path))
        {
            PrivateFiles.CreateFolder(Path.GetDirectoryName(path)!);
            using var file = new StreamWriter(PrivateFiles.Create(path));
            file.Write(key.ExportPkcs8PrivateKeyPem() + "\n");
            File.WriteAllText(PublicFileOf(path), key.ExportSubjectPublicKeyInfoPem() + "\n");
            return key;
        }

        if (!PrivateFiles.IsPrivate(path))
        {
            key.Dispose();
            throw Unusable($"The signing key {path} can be read or written by others than its owner.", $"chmod 600 {ShellWord.Quote(path)}");
        }

        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            _ = key.SignHash(new byte[32]);
            return key;
        }
        catch (Exception odd) when (odd is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw Unusable($"The signing key {path} cannot be used: {odd.Message}", "It is the private key of an elliptic curve, in PEM: `openssl ecparam -genkey -name prime256v1 -noout`. Moved away, a new one is made.");
        }
    }

    /// <summary>Where the public half of a key that was made here lies.</summary>
    public static string PublicFileOf(string keyFile) => keyFile + ".pub";

    private static string FreeName(string folder, DrillReport report)
    {
        var stem = Path.Combine(folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"drill_{report.BeganAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}"));
        return Enumerable.Range(1, int.MaxValue)
            .Select(n => n == 1 ? stem + ".json" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{stem}-{n}.json"))
            .First(p => !File.Exists(p));
    }

    private static ProblemException Unusable(string what, string remedy) => new(new Problem("SL5145", what) { Remedies = [remedy] });

    internal static ProblemException Refused(string what) => new(new Problem("SL5146", what)
    {
        Remedies = ["Take the report and its signature as the drill wrote them, and the public key of who ran it: `sluice drill verify REPORT --public-key FILE`"],
    });
}
