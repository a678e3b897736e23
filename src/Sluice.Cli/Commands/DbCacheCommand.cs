using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Shadow.Cache;

namespace Sluice.Cli.Commands;

/// <summary>`db cache`: what replays left behind for the next ones, and the way to be rid of it.</summary>
internal static class DbCacheCommand
{
    private static readonly Option<bool> Clear = new("--clear") { Description = "Remove the files, and the scratch databases on the server" };

    public static Command Create(Session session) =>
        new ToolCommand("cache", "What is remembered of replays: catalogs in .sluice/cache, scratch databases on the server", session, RunAsync)
        {
            Notes = $"""
                `migrate dev`, `verify` and `status --drift` replay the history in a scratch database. What came out is kept under a
                hash over every script so far, the server's version and settings, the user, and what new databases begin with;
                where anything of it changes, the history is replayed again. At most {CatalogCache.MostFiles} files stay, for 30 days after their last use.

                `migrate dev` and `verify` also leave the scratch database of a long replay, {ShadowTemplates.Prefix}…, on the development
                server: {ShadowTemplates.Most} at most, 14 days after their last use. Nothing stays where NODE_ENV or DOTNET_ENVIRONMENT says production.

                A script whose result depends on the time or on chance is taken as it was replayed first; --no-cache replays.
                """,
            Examples =
            [
                ("db cache", "what there is"),
                ("db cache --clear", "remove it; the next replay takes its full time"),
            ],
        }.With(Clear);

    private static async Task<Answer> RunAsync(Session session)
    {
        var cache = new CatalogCache(CacheOptions.Folder(session), TimeProvider.System);
        var files = cache.Files;
        await using var server = session.Project.ConnectionOrNull is { } source ? await ServerConnection.OpenAsync(source.Address, session.Stop) : null;
        var databases = server is null ? [] : await ShadowTemplates.ListAsync(server, session.Stop);
        if (session.Get(Clear))
        {
            var removed = cache.Clear();
            var dropped = server is null ? [] : await ShadowTemplates.ClearAsync(server, session.Stop);
            session.Terminal.Result($"Removed {DiagnosticText.Counted(removed, "file")} and {DiagnosticText.Counted(dropped.Length, "scratch database")}.");
        }
        else
        {
            Print(session.Terminal, cache.Folder, files, databases);
        }

        return Answer.With(Outcome.Ok, json => Write(json, cache.Folder, files, databases, session.Get(Clear)));
    }

    private static void Print(Terminal terminal, string folder, IReadOnlyList<FileInfo> files, ImmutableArray<ShadowTemplate> databases)
    {
        terminal.Result($"{DiagnosticText.Counted(files.Count, "catalog")} in {Paths.Show(folder)}, {Size(files.Sum(f => f.Length))}");
        terminal.Result($"{DiagnosticText.Counted(databases.Length, "scratch database")} on the server, {Size(databases.Sum(d => d.Bytes))}");
        foreach (var database in databases)
        {
            terminal.Result($"  {database.Name}  {Size(database.Bytes)}");
        }
    }

    private static string Size(long bytes) => bytes < 1 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024:0.#} MB");

    private static void Write(Utf8JsonWriter json, string folder, IReadOnlyList<FileInfo> files, ImmutableArray<ShadowTemplate> databases, bool cleared)
    {
        json.WriteString("folder", folder);
        json.WriteNumber("catalogs", files.Count);
        json.WriteNumber("bytes", files.Sum(f => f.Length));
        json.WriteStrings("databases", databases.Select(d => d.Name));
        json.WriteBoolean("cleared", cleared);
    }
}
