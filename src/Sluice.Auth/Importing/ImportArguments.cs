using Sluice.Auth.Audit;

namespace Sluice.Auth.Importing;

/// <summary>`import [FILE|-] [--on-conflict report|skip|update|fail] [--dry-run] [--rejected FILE] [--json]`</summary>
/// <param name="File">Null for the standard input.</param>
/// <param name="RejectedFile">Where rejected lines are copied to.</param>
internal sealed record ImportArguments(string? File, OnConflict OnConflict, bool IsDryRun, string? RejectedFile, bool AsJson)
{
    /// <summary>What the audit calls it.</summary>
    public string Source { get => field ?? (File is null ? "standard input" : Path.GetFileName(File)); init; }

    /// <summary>Who wants it, for the audit; empty for the command line.</summary>
    public AuditEvent By { get; init; } = new("accounts_imported", "user");

    /// <returns>Null for what is not written so.</returns>
    public static ImportArguments? Parse(IReadOnlyList<string> arguments)
    {
        var read = new ImportArguments(null, OnConflict.Report, false, null, false);
        var hasFile = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--dry-run":
                    read = read with { IsDryRun = true };
                    break;
                case "--json":
                    read = read with { AsJson = true };
                    break;
                case "--rejected" when i + 1 < arguments.Count:
                    read = read with { RejectedFile = arguments[++i] };
                    break;
                case "--on-conflict" when i + 1 < arguments.Count && Conflict(arguments[i + 1]) is { } conflict:
                    read = read with { OnConflict = conflict };
                    i++;
                    break;
                case var file when !hasFile && (file == "-" || !file.StartsWith('-')):
                    (read, hasFile) = (read with { File = file == "-" ? null : file }, true);
                    break;
                default:
                    return null;
            }
        }

        return read.File is not null && read.RejectedFile is { } rejected && Path.GetFullPath(rejected) == Path.GetFullPath(read.File) ? null : read;
    }

    public static OnConflict? Conflict(string word) => word switch
    {
        "report" => OnConflict.Report,
        "skip" => OnConflict.Skip,
        "update" => OnConflict.Update,
        "fail" => OnConflict.Fail,
        _ => null,
    };
}
