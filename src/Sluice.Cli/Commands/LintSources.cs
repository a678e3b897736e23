using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Sluice.Cli.Output;
using Sluice.Cli.Options;
using Sluice.Cli.Projects;
using Sluice.Lint;
using Sluice.Lint.Rules;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Sluice.Text;

namespace Sluice.Cli.Commands;

/// <summary>Which scripts `migrate lint` looks at, and what it knows of the database that they meet.</summary>
internal static class LintSources
{
    public static readonly Argument<string[]> Paths = new("FILE")
    {
        Description = "Scripts, or folders with migrations or .sql files (default: what is pending, or all)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static readonly Option<string?> Since = new("--since") { Description = "Only the migrations after this one", HelpName = "NAME" };

    public static readonly Option<int?> Latest = new("--latest") { Description = "Only the last N migrations", HelpName = "N" };

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<LintInput> ReadAsync(Session session)
    {
        var settings = SluiceJson.Read(session.Project.Folder).Lint;
        var paths = session.Get(Paths) ?? [];
        var chosen = paths.Length > 0 || session.Has(Since) || session.Has(Latest);
        var connects = session.Has(SharedOptions.Url) || (!chosen && session.Project.ConnectionOrNull is not null);
        var run = connects ? LiveRun.HistorySettings(session) : null;
        var live = run is null ? LiveSchema.Nothing : await LiveSchema.ReadAsync(run, session.Stop);
        var input = paths.Length > 0 ? Named(paths)
            : !chosen && run is not null ? await PendingAsync(session, run, live)
            : Chosen(session);
        return input with
        {
            Policy = settings.Policy,
            Facts = live.Facts with { SmallBytes = settings.Facts.SmallBytes, SmallRows = settings.Facts.SmallRows, Naming = settings.Facts.Naming },
        };
    }

    /// <summary>Migrations that are about to be applied, in one go, to what is there.</summary>
    public static LintInput Ahead(Session session, ImmutableArray<MigrationFile> migrations, LiveSchema live)
    {
        var settings = SluiceJson.Read(session.Project.Folder).Lint;
        return new LintInput([.. migrations.Select(Source)], [live.Script], Today)
        {
            Together = true,
            Policy = settings.Policy,
            Facts = live.Facts with { SmallBytes = settings.Facts.SmallBytes, SmallRows = settings.Facts.SmallRows, Naming = settings.Facts.Naming },
        };
    }

    public static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    private static async Task<LintInput> PendingAsync(Session session, RunSettings run, LiveSchema live)
    {
        var pending = (await Status.ReadAsync(run, false, session.Stop)).History.Pending;
        var migrations = MigrationFolder.Read(run.MigrationsPath).Migrations;
        return new LintInput([.. migrations.Where(m => pending.Contains(m.Name)).Select(Source)], [live.Script], Today)
        {
            Together = true,
            Earlier = [.. migrations.Where(m => !pending.Contains(m.Name)).Select(m => Projects.Paths.Show(m.Path))],
        };
    }

    // Those before tell what is there; each one is judged as if it met tables in use.
    private static LintInput Chosen(Session session)
    {
        var folder = MigrationFolder.Read(session.Project.MigrationsPath);
        var first = 0;
        if (session.Get(Since) is { } since)
        {
            var name = folder.Meant(since, folder.Migrations.Select(m => m.Name)) ?? folder.Require(since).Name;
            first = folder.Migrations.ToList().FindIndex(m => m.Name == name) + 1;
        }

        if (session.Get(Latest) is { } latest)
        {
            first = latest >= 1 ? Math.Max(first, folder.Migrations.Length - latest) : throw new StopException($"{Latest.Name} is {latest}.", null, "Write how many migrations to look at, for example `--latest 1`.");
        }

        return new LintInput([.. folder.Migrations[first..].Select(Source)], [.. folder.Migrations[..first].Select(m => m.Script)], Today)
        {
            Earlier = [.. folder.Migrations[..first].Select(m => Projects.Paths.Show(m.Path))],
        };
    }

    private static LintInput Named(string[] paths)
    {
        var scripts = ImmutableArray.CreateBuilder<SourceText>();
        var history = ImmutableArray.CreateBuilder<string>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                var folder = MigrationFolder.Read(path);
                scripts.AddRange(folder.Migrations.IsEmpty ? Directory.GetFiles(path, "*.sql").Order(StringComparer.Ordinal).Select(Read) : folder.Migrations.Select(Source));
            }
            else
            {
                scripts.Add(Read(path));
                history.AddRange(Before(path));
            }
        }

        return new LintInput(scripts.ToImmutable(), history.ToImmutable(), Today);
    }

    // A migration that is named by itself meets what those before it in its folder made.
    private static IEnumerable<string> Before(string path)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(Path.GetFileName(full) == MigrationFile.FileName ? Path.GetDirectoryName(full)! : full);
        if (folder is null || !(full.EndsWith(".up.sql", StringComparison.Ordinal) || Path.GetFileName(full) == MigrationFile.FileName))
        {
            return [];
        }

        var migrations = MigrationFolder.Read(folder).Migrations;
        return migrations.Any(m => Path.GetFullPath(m.Path) == full) ? migrations.TakeWhile(m => Path.GetFullPath(m.Path) != full).Select(m => m.Script) : [];
    }

    private static SourceText Source(MigrationFile migration) => new(Projects.Paths.Show(migration.Path), migration.Script);

    private static SourceText Read(string path)
    {
        try
        {
            var text = Utf8.GetString(File.ReadAllBytes(path));
            return new SourceText(Projects.Paths.Show(path), text.StartsWith('\uFEFF') ? text[1..] : text);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new StopException(
                unreadable is DecoderFallbackException ? $"{path} is not UTF-8." : $"{path} cannot be read: {unreadable.Message}",
                null,
                unreadable is DecoderFallbackException ? "Save it as UTF-8." : "Name a script, or a folder with migrations.");
        }
    }
}
