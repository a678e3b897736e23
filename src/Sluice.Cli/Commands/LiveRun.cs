using System.CommandLine;
using System.CommandLine.Parsing;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Studio;

namespace Sluice.Cli.Commands;

/// <summary>What a command on a live database begins with.</summary>
internal static class LiveRun
{
    private const int LongestName = 26;

    /// <summary>The same for a command that lives on migrations: a folder that was named and is not there is a slip, not an empty history.</summary>
    public static RunSettings HistorySettings(Session session)
    {
        if (session.Get(SharedOptions.Migrations) is not null && !Directory.Exists(session.Project.MigrationsPath))
        {
            throw new StopException(
                $"There is no migrations folder at {Paths.Show(session.Project.MigrationsPath)}.",
                null,
                "Correct what `--migrations` names; without it the folder `migrations` beside the schema is taken.");
        }

        return Settings(session);
    }

    /// <summary>Says which schema and which database are meant, and gathers what the run needs.</summary>
    public static RunSettings Settings(Session session)
    {
        var project = session.Project;
        if (project.FoundSchemaPath is { } schema)
        {
            SchemaFiles.RequireExists(schema);
            session.Terminal.Note($"Schema loaded from {Paths.Show(schema)}");
        }

        var connection = project.Connection;
        if (connection.Unset is { } variable)
        {
            session.Terminal.Warn($"The schema's `{variable}` is not set; {connection.Origin} is used instead.");
        }

        var address = Named(session, connection.Address);
        if (address.OtherParameters.Items.Any(p => p.Name is "user" or "password" or "dbname"))
        {
            session.Terminal.Warn("User, password and database are not read from behind the `?` of the URL. Write `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`.");
        }

        RequireMeant(address);
        Announce(session, address, connection.Origin);
        var files = project.SqlFiles;
        if (!files.IsEmpty)
        {
            session.Terminal.Note($"SQL files beside it: {string.Join(", ", files.Select(f => f.Path))}");
        }

        return new RunSettings
        {
            SqlFiles = files,
            Address = address,
            MigrationsPath = project.MigrationsPath,
            DeclaredSchemas = project.DeclaredSchemas,
            ShadowAddress = project.ShadowUrl is { } shadow ? DatabaseAddress.Parse(shadow) : null,
            LockDisabled = project.Variables["PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK"] is { Length: > 0 } off && off is not ("0" or "false"),
            Progress = new RunTalk(session),
            Identity = new RunIdentity(session.CorrelationId, CommandName(session), VersionText.Number, Environment.MachineName, Environment.UserName),
        };
    }

    // Studio asked, and somebody typed the name of the database that it shows.
    private static void RequireMeant(DatabaseAddress address)
    {
        if (Environment.GetEnvironmentVariable(ToolProgram.MeantVariable) is { } meant && meant != ToolProgram.DatabaseMeant(address))
        {
            throw new StopException(
                $"The project names another database by now, {ToolProgram.DatabaseMeant(address)}, than the one that is shown, {meant}.",
                null,
                "End Studio and start it again, to see the other one.");
        }
    }

    /// <summary>`migrate deploy`.</summary>
    public static string CommandName(Session session)
    {
        var names = new List<string>();
        for (SymbolResult? at = session.Parse.CommandResult; at is CommandResult { Command: not RootCommand } command; at = at.Parent)
        {
            names.Insert(0, command.Command.Name);
        }

        return string.Join(' ', names);
    }

    // In the server's own lists and logs, each session tells which run it belongs to. Names are cut at 63 bytes there.
    private static DatabaseAddress Named(Session session, DatabaseAddress address)
    {
        var name = address.ApplicationName.Length <= LongestName ? address.ApplicationName : address.ApplicationName[..LongestName];
        return address with { ApplicationName = $"{name} {session.CorrelationId}" };
    }

    public static void Announce(Session session, DatabaseAddress address, string origin)
    {
        var name = session.Project.Datasource?.Name is { } datasource ? $"Datasource \"{datasource}\": " : "";
        session.Terminal.Note($"{name}PostgreSQL database \"{address.Database}\", schema \"{address.Schema}\" at \"{address.Server}\"");
        if (session.Verbose)
        {
            session.Terminal.Note($"Address from {origin}: {address.Redacted}");
        }
    }

    /// <summary>`3 migrations found in prisma/migrations`.</summary>
    public static string Found(Session session, int count)
    {
        var folder = Paths.Show(session.Project.MigrationsPath);
        return count == 0 ? $"No migration found in {folder}" : $"{DiagnosticText.Counted(count, "migration")} found in {folder}";
    }

    /// <summary>The migrations as the folder shows them.</summary>
    public static IEnumerable<string> Tree(Session session, IEnumerable<string> names, MigrationLayout layout = MigrationLayout.Folder)
    {
        yield return $"{Path.GetFileName(session.Project.MigrationsPath)}/";
        foreach (var name in names)
        {
            if (layout is MigrationLayout.Versioned)
            {
                yield return $"  └─ {name}.up.sql";
                continue;
            }

            yield return $"  └─ {name}/";
            yield return "    └─ migration.sql";
        }
    }
}
