using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Shadow.Cache;

namespace Sluice.Postgres.Verifying;

/// <summary>`migrate squash`: one migration for the first many, proved to make the same database.</summary>
public static class Squash
{
    /// <summary>Replays the migrations, writes the one, replays that, and compares everything. Changes nothing.</summary>
    /// <param name="to">The last migration to take in; null for all.</param>
    /// <param name="title">What the name ends in.</param>
    /// <param name="data">What to do about rows that the migrations leave in a new database; null to stop when there are any.</param>
    /// <exception cref="ProblemException">P3006, P3014, P3017; SL5047 fewer than two; SL5048 rows; SL5049 not equal.</exception>
    public static Task<SquashPlan> PlanAsync(RunSettings settings, string? to, string title, SquashData? data, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            // Also what the schema language cannot say, so that the one can be written anew.
            settings = settings with { SeesObjects = true };
            var folder = MigrationFolder.Read(settings.MigrationsPath).RequireScripts();
            var replaced = PrefixOf(folder, to);
            var name = NameOf(folder, replaced, title);
            var made = await ReplayAsync(settings, replaced, cancellation);
            ImmutableArray<DataStatement> statements = [.. replaced.SelectMany(m => DataStatements.In(m))];
            if (!made.Contents.IsEmpty && data is null)
            {
                throw new ProblemException(Rows(made.Contents, statements));
            }

            var keeps = data is SquashData.Keep && !made.Contents.IsEmpty;
            var header = SquashHeader.Write(replaced);
            var difference = ShapeDifference.None;
            foreach (var (form, body) in Forms(settings, made.Catalog, replaced, keeps))
            {
                var script = header + body;
                difference = await CompareAsync(settings, made, name, script, folder.Path, keeps, cancellation);
                if (difference.IsEmpty)
                {
                    return new SquashPlan(folder, replaced, name, script, form, statements, made.Contents) { LeavesRowsOut = !keeps && !made.Contents.IsEmpty };
                }
            }

            throw new ProblemException(Unequal(difference));
        });

    /// <summary>Puts it in place; what it replaces is copied to <paramref name="backup"/> first.</summary>
    public static MigrationFile Write(SquashPlan plan, string backup) => SquashedFiles.Replace(plan.Folder, plan.Replaced, plan.Name, plan.Script, backup);

    private static ImmutableArray<MigrationFile> PrefixOf(MigrationFolder folder, string? to)
    {
        var last = to is null ? folder.Migrations.Length - 1 : folder.Migrations.IndexOf(folder.Require(folder.Meant(to, folder.Names) ?? to));
        return last >= 1
            ? folder.Migrations[..(last + 1)]
            : throw new ProblemException(new Problem("SL5047", $"There {(last < 0 ? "is no migration" : "is one migration")} to squash in {folder.Path}; it takes two at least.")
            {
                Remedies = to is null ? [] : ["Name a later one: sluice migrate squash --to NAME"],
            });
    }

    // The version of the last one, so that it sorts before everything that comes after.
    private static string NameOf(MigrationFolder folder, ImmutableArray<MigrationFile> replaced, string title)
    {
        var name = $"{VersionedName.VersionOf(replaced[^1].Name)}_{MigrationName.Slug(title)}";
        var order = folder.OrderWith([name]);
        var next = folder.Migrations.Length > replaced.Length ? folder.Migrations[replaced.Length].Name : null;
        return folder.Names.Contains(name) || (next is not null && order.Compare(name, next) >= 0)
            ? throw new ProblemException(new Problem("SL5047", $"The squash would be called `{name}`, which {(folder.Names.Contains(name) ? "exists already" : $"sorts after `{next}`, the one that comes next")}.")
            {
                Remedies = ["Give it another name: sluice migrate squash --name NAME"],
            })
            : name;
    }

    // The catalog's SQL where that says everything; else the scripts one after another.
    private static IEnumerable<(SquashForm Form, string Body)> Forms(RunSettings settings, Database made, ImmutableArray<MigrationFile> replaced, bool keeps)
    {
        if (!keeps)
        {
            yield return (SquashForm.Generated, Migration.Script(Database.Empty with { DefaultSchema = settings.Address.Schema }, made));
        }

        yield return (SquashForm.Joined, string.Join('\n', replaced.Select(m => $"-- {m.Name}\n{m.Script.TrimEnd()}\n{(EndsOpen(m.Script) ? ";\n" : "")}")));
    }

    // A last statement without its semicolon would run into the next script.
    private static bool EndsOpen(string script) =>
        Sluice.Sql.Lexing.StatementSplitter.Split(script) is [.., var last] && !script[last.Span.End..].Contains(';', StringComparison.Ordinal);

    private static async Task<ShapeDifference> CompareAsync(
        RunSettings settings, Replayed made, string name, string script, string path, bool keeps, CancellationToken cancellation)
    {
        await using var shadow = await ShadowDatabase.OpenAsync(settings, cancellation);
        if (await shadow.RunAsync(script, cancellation) is { } failure)
        {
            var told = failure.Describe(name, path, settings.Address);
            return new ShapeDifference([$"the squash does not apply: {told.Error.SqlState} {told.Error.Message} at `{told.SourceLine.Trim()}`"], []);
        }

        var squashed = await ReadAsync(shadow, cancellation);
        var difference = made.Shape.To(squashed.Shape);
        if (difference.IsEmpty && CatalogDiffer.Diff(made.Catalog, squashed.Catalog) is { IsEmpty: false } changes)
        {
            return new ShapeDifference([.. changes.Select(c => c.ToString())], []);
        }

        return keeps && difference.IsEmpty
            ? new ShapeDifference([.. made.Contents.Except(squashed.Contents)], [.. squashed.Contents.Except(made.Contents)])
            : difference;
    }

    private static async Task<Replayed> ReplayAsync(RunSettings settings, ImmutableArray<MigrationFile> migrations, CancellationToken cancellation)
    {
        var cache = await ReplayCache.OpenAsync(settings, migrations, cancellation);
        await using var shadow = await Replay.OpenAsync(settings, cache, migrations, cancellation);
        return await ReadAsync(shadow, cancellation);
    }

    private static async Task<Replayed> ReadAsync(ShadowDatabase shadow, CancellationToken cancellation)
    {
        var catalog = await shadow.ReadAsync(cancellation);
        var session = await shadow.SessionAsync(cancellation);
        var contents = await Contents.ReadAsync(session, cancellation);
        return new Replayed(catalog, await Shape.ReadAsync(session, cancellation), contents);
    }

    private static Problem Rows(ImmutableArray<string> contents, ImmutableArray<DataStatement> statements) => new(
        "SL5048",
        $"These migrations leave more than tables in a new database:\n{List(contents)}"
        + (statements.IsEmpty ? "" : $"\nStatements that write rows, or may:\n{List([.. statements.Select(s => $"{s.Path}:{s.Line}: {s.Text}")])}"))
    {
        Remedies =
        [
            "To keep them, and the scripts as they are, one after another: sluice migrate squash --data keep",
            "To leave them out (databases that have them keep them; new ones must get them otherwise, from a seed for example): sluice migrate squash --data leave-out",
        ],
    };

    private static Problem Unequal(ShapeDifference difference) => new(
        "SL5049",
        "One migration for all of them does not make the same database, so nothing was changed. Against what they make:\n"
        + List([.. difference.Missing.Select(m => "- " + m), .. difference.Extra.Select(e => "+ " + e)]))
    {
        Remedies = ["Squash fewer, up to the one before what differs: sluice migrate squash --to NAME"],
    };

    private static string List(ImmutableArray<string> lines)
    {
        const int Most = 20;
        return string.Join('\n', lines.Take(Most).Select(l => "  " + l)) + (lines.Length > Most ? $"\n  … and {lines.Length - Most} more" : "");
    }

    private sealed record Replayed(Database Catalog, Shape Shape, ImmutableArray<string> Contents);
}

/// <param name="Replaced">What it takes the place of, in order.</param>
/// <param name="Script">Its text, with the comment that names them.</param>
/// <param name="Data">Statements of theirs that write rows, or may.</param>
/// <param name="Contents">The rows and sequence values that they leave in a new database.</param>
public sealed record SquashPlan(
    MigrationFolder Folder,
    ImmutableArray<MigrationFile> Replaced,
    string Name,
    string Script,
    SquashForm Form,
    ImmutableArray<DataStatement> Data,
    ImmutableArray<string> Contents)
{
    /// <summary>A new database will not have <see cref="Contents"/>.</summary>
    public bool LeavesRowsOut { get; init; }
}

public enum SquashForm
{
    /// <summary>The SQL of what the migrations come to.</summary>
    Generated,

    /// <summary>Their scripts one after another: they make what only they can say.</summary>
    Joined,
}

public enum SquashData
{
    Keep,
    LeaveOut,
}
