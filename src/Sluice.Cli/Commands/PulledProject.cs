using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Introspection;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Sluice.Text;

namespace Sluice.Cli.Commands;

/// <summary>The schema and the SQL files as a database would have them said.</summary>
internal sealed record PulledProject(ImmutableArray<FileChange> Schema, ImmutableArray<FileChange> Sql, PulledSchema Pulled, PulledFiles Objects, int Models)
{
    public IEnumerable<FileChange> Files => Schema.Concat(Sql);

    /// <param name="place">The SQL file for new statements of a group; null where the schema is to say all.</param>
    public static async Task<PulledProject> FindAsync(Session session, RunSettings settings, PreviousSchema? previous, Database language, Database whole, Func<string, string>? place)
    {
        var pulled = place is null ? Introspector.Introspect(language, previous) : BesideFiles.Of(Introspector.Introspect(BesideFiles.Of(language, whole), previous));
        ImmutableArray<SourceText> schema = [.. pulled.Files.Select(f => new SourceText(PathOf(session, f, previous), f.Text))];
        var model = Migration.Read([.. schema]).Value;
        var objects = place is null ? PulledFiles.None : await PulledFiles.FollowAsync(settings, CatalogBuilder.Build(model, settings.Address.Schema), whole, place, session.Stop);
        return new PulledProject([.. schema.Select(FileChange.Of)], [.. objects.Files.Select(FileChange.Of)], pulled, objects, model.Models.Count());
    }

    /// <summary>A schema that is not there yet is written where it was asked for.</summary>
    private static string PathOf(Session session, PulledFile file, PreviousSchema? previous) =>
        previous is null && session.Project.FoundSchemaPath is { } path ? Paths.Show(path) : file.Path;
}
