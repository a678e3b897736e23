using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Projects;
using Sluice.Postgres.Backup;

namespace Sluice.Cli.Commands;

/// <summary>What `backup` and `restore` take.</summary>
internal static class BackupOptions
{
    private const int MostJobs = 64;

    public static readonly Option<int?> Keep = new("--keep") { Description = "Keep the N newest backups of this database, remove older ones", HelpName = "N" };

    public static readonly Option<string?> MaxAge = new("--max-age") { Description = "Remove backups that are older: 12h, 30d, 8w (the newest stays)", HelpName = "AGE" };

    public static readonly Option<int?> Daily = new("--daily") { Description = "Keep the newest backup of each of the last N days that have one, whatever --keep and --max-age say", HelpName = "N" };

    public static readonly Option<int?> Weekly = new("--weekly") { Description = "The same for weeks", HelpName = "N" };

    public static readonly Option<int?> Monthly = new("--monthly") { Description = "The same for months", HelpName = "N" };

    public static readonly Option<string?> KeyFile = new("--key-file") { Description = "Encrypt with the key in this file (default: `backup.keyFile` in sluice.json)", HelpName = "FILE" };

    public static readonly Option<string?> OpeningKeyFile = new("--key-file") { Description = "The key of encrypted backups (default: `backup.keyFile` in sluice.json)", HelpName = "FILE" };

    public static readonly Option<bool> Unencrypted = new("--unencrypted") { Description = "Take a backup that is not encrypted, although there is a key" };

    public static readonly Option<string?> Upload = new("--upload") { Description = "A program that is run with the backup and its manifest (default: `backup.upload` in sluice.json)", HelpName = "PROGRAM" };

    public static readonly Option<string?> Format = new("--format") { Description = "`custom`, one file (the default), or `directory`, which several jobs can write", HelpName = "FORMAT" };

    public static readonly Option<int?> Jobs = new("--jobs") { Description = "How many tables are dumped (directory format) and restored at once", HelpName = "N" };

    public static readonly Option<string?> Tables = new("--tables") { Description = "Only the rows of these tables, with commas between; the definitions of everything", HelpName = "NAMES" };

    public static readonly Option<string?> Folder = new("--dir") { Description = "The folder of the backups (default: `backups`)", HelpName = "DIR" };

    public static BackupRequest Request(Session session) => new()
    {
        Folder = FolderOf(session),
        Format = session.Get(Format) switch
        {
            null or "custom" => ArchiveFormat.Custom,
            "directory" => ArchiveFormat.Directory,
            var other => throw new StopException($"--format is `{other}`; it must be `custom` or `directory`."),
        },
        Jobs = JobCount(session),
        Scope = session.Get(Tables) is { } names
            ? new BackupScope.Tables([.. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)])
            : new BackupScope.Whole(),
        Retention = new RetentionPolicy(AtLeastOne(Keep, session.Get(Keep)), session.Get(MaxAge) is { } age ? Age("--max-age", age) : null)
        {
            Daily = AtLeastOne(Daily, session.Get(Daily)) ?? 0,
            Weekly = AtLeastOne(Weekly, session.Get(Weekly)) ?? 0,
            Monthly = AtLeastOne(Monthly, session.Get(Monthly)) ?? 0,
        },
        Key = Key(session),
        Upload = session.Get(Upload) is { } program ? [program] : SluiceJson.Read(session.Project.Folder).Upload,
        Progress = new BackupTalk(session),
    };

    /// <summary>Null where nothing is encrypted.</summary>
    public static BackupKey? Key(Session session) =>
        (session.Get(KeyFile) ?? session.Get(OpeningKeyFile) ?? SluiceJson.Read(session.Project.Folder).KeyFile) is { } path
            ? BackupKey.Read(Path.GetFullPath(path, session.Project.Folder))
            : null;

    public static string FolderOf(Session session) => Path.GetFullPath(session.Get(Folder) ?? "backups", session.Project.Folder);

    public static int JobCount(Session session) => Math.Min(AtLeastOne(Jobs, session.Get(Jobs)) ?? 1, MostJobs);

    public static string Size(long bytes) => bytes switch
    {
        < 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} kB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.#} GB"),
    };

    private static int? AtLeastOne(Option option, int? value) =>
        value is < 1 ? throw new StopException($"{option.Name} must be at least 1.") : value;

    public static TimeSpan Age(string option, string text)
    {
        if (text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000)
        {
            switch (text[^1])
            {
                case 'h':
                    return TimeSpan.FromHours(number);
                case 'd':
                    return TimeSpan.FromDays(number);
                case 'w':
                    return TimeSpan.FromDays(7 * number);
                default:
                    break;
            }
        }

        throw new StopException($"{option} is `{text}`; write a number and h, d or w, for example `30d`.");
    }
}
