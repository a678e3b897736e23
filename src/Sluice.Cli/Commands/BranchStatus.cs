using System.Collections.Immutable;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Migrations;

namespace Sluice.Cli.Commands;

/// <summary>`migrate status --base REF`: this branch's migrations beside another's, from where they parted. Needs no database.</summary>
internal static class BranchStatus
{
    public static async Task<Answer> RunAsync(Session session, string reference)
    {
        var path = session.Project.MigrationsPath;
        if (!Directory.Exists(path))
        {
            throw new StopException($"There is no migrations folder at {Paths.Show(path)}.");
        }

        var git = new Git(path);
        var theirCommit = (await git.AskAsync($"what {reference} is", ["rev-parse", "--verify", "--quiet", "--end-of-options", $"{reference}^{{commit}}"], null, session.Stop)).Trim();
        var start = (await git.AskAsync($"where this branch and {reference} parted (a shallow clone does not know: git fetch --unshallow)", ["merge-base", theirCommit, "HEAD"], null, session.Stop)).Trim();
        var folder = MigrationFolder.Read(path);
        var ours = await HereAsync(git, folder, session.Stop);
        var theirs = await ThereAsync(git, folder.Layout, theirCommit, session.Stop);
        var then = await ThereAsync(git, folder.Layout, start, session.Stop);
        var found = BranchCollisions.Find(folder.Layout, then, ours, theirs);
        Print(session, reference, folder, then, ours, theirs, found);
        return Answer.With(found.IsEmpty ? Outcome.Ok : Outcome.Attention, json =>
        {
            json.WriteString("base", reference);
            json.WriteString("parted", start);
            json.WriteStrings("added", Added(then, ours));
            json.WriteStrings("addedThere", Added(then, theirs));
            json.WriteStartArray("collisions");
            foreach (var collision in found)
            {
                json.WriteStartObject();
                json.WriteString("kind", collision.Kind switch { BranchCollisionKind.SameVersion => "sameVersion", var kind => kind.ToString().ToLowerInvariant() });
                json.WriteString("migration", collision.Migration);
                json.WriteString("other", collision.Other);
                json.WriteString("finding", collision.Finding);
                json.WriteString("newName", collision.NewName);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static IEnumerable<string> Added(BranchState then, BranchState now) => now.Scripts.Keys.Where(n => !then.Scripts.ContainsKey(n));

    // The files as git would store them, so that line ends are no difference.
    private static async Task<BranchState> HereAsync(Git git, MigrationFolder folder, CancellationToken stop)
    {
        // Git takes these from the top of the repository, wherever it is asked.
        var prefix = (await git.AskAsync("where the folder is", ["rev-parse", "--show-prefix"], null, stop)).TrimEnd('\n');
        var paths = string.Concat(folder.Migrations.Select(m => prefix + Path.GetRelativePath(folder.Path, m.Path).Replace('\\', '/') + "\n"));
        var hashes = (await git.AskAsync("the files' hashes", ["hash-object", "--stdin-paths"], paths, stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new BranchState(
            folder.Migrations.Zip(hashes).ToImmutableSortedDictionary(m => m.First.Name, m => m.Second, StringComparer.Ordinal),
            [.. folder.Migrations.SelectMany(m => m.Replaces).Select(r => r.Name)]);
    }

    private static async Task<BranchState> ThereAsync(Git git, MigrationLayout layout, string commit, CancellationToken stop)
    {
        var tree = await git.AskAsync("which migrations there are", ["ls-tree", "-r", "-z", commit, "--", "."], null, stop);
        var scripts = tree.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t', 2))
            .Select(parts => (Name: NameOf(layout, parts[1]), Hash: parts[0].Split(' ')[2]))
            .Where(s => s.Name is not null)
            .ToImmutableSortedDictionary(s => s.Name!, s => s.Hash, StringComparer.Ordinal);
        var replaced = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var (name, hash) in scripts.Where(s => s.Key.EndsWith("squashed", StringComparison.Ordinal)))
        {
            var text = await git.AskAsync($"what {name} says", ["cat-file", "blob", hash], null, stop);
            replaced.UnionWith(new MigrationFile(name, name, [.. System.Text.Encoding.UTF8.GetBytes(text)]).Replaces.Select(r => r.Name));
        }

        return new BranchState(scripts, replaced.ToImmutable());
    }

    private static string? NameOf(MigrationLayout layout, string path) => layout is MigrationLayout.Versioned
        ? path.EndsWith(".up.sql", StringComparison.Ordinal) && !path.Contains('/', StringComparison.Ordinal) ? path[..^".up.sql".Length] : null
        : path.Split('/') is [var name, "migration.sql"] && !name.StartsWith('.') ? name : null;

    private static void Print(Session session, string reference, MigrationFolder folder, BranchState then, BranchState ours, BranchState theirs, ImmutableArray<BranchCollision> found)
    {
        var terminal = session.Terminal;
        terminal.Result($"{DiagnosticText.Counted(Added(then, ours).Count(), "migration")} added here, {Added(then, theirs).Count()} in {reference}, since they parted.");
        foreach (var collision in found)
        {
            terminal.Warn($"`{collision.Migration}` {collision.Finding}.");
            terminal.Say("  " + Remedy(folder, collision));
        }

        if (found.IsEmpty)
        {
            terminal.Result(terminal.Ink.Green("They can be merged in this order."));
        }
    }

    private static string Remedy(MigrationFolder folder, BranchCollision collision)
    {
        string File(string name) => CommandLine.Quote(Paths.Show(Path.Combine(folder.Path, name)) + (folder.Layout is MigrationLayout.Versioned ? ".up.sql" : ""));
        return collision switch
        {
            { NewName: { } name } => $"Rename it, so that it comes last: `git mv {File(collision.Migration)} {File(name)}`{(folder.Layout is MigrationLayout.Versioned ? ", and its .down.sql" : "")}",
            { Kind: BranchCollisionKind.Removed } => $"Bring it back (`git checkout COMMIT -- {File(collision.Migration)}`), or take it in with `sluice migrate squash`.",
            _ => "Databases have it as it was: put it back, and write the change as a new migration.",
        };
    }
}
