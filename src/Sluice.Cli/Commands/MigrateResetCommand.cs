using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Output;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`migrate reset`: empties a development database and builds it again.</summary>
internal static class MigrateResetCommand
{
    private static readonly string[] EnvironmentNames = ["NODE_ENV", "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT"];

    private static readonly Option<bool> Force = new("--force", "-f") { Description = "Do not ask, and do not refuse" };

    private static readonly Option<bool> SkipSeed = new("--skip-seed") { Description = "Do not run the seed afterwards" };

    public static Command Create(Session session) =>
        new ToolCommand("reset", "Development only: drop everything in the schema's tables, apply every migration, seed", session, RunAsync)
        {
            Notes = "Drops only the schemas that the datasource names. Refuses in production, and where nobody can be asked, unless --force is given.",
            Examples =
            [
                ("migrate reset", "begin anew, after showing what would be lost"),
                ("migrate reset --force", "in a script for development or tests"),
            ],
        }.With(Force, SkipSeed);

    private static async Task<Answer> RunAsync(Session session)
    {
        var settings = LiveRun.Settings(session);
        var force = session.Get(Force);
        if (!force)
        {
            await RequireConsentAsync(session, settings);
        }

        var result = await Reset.RunAsync(settings, cancellation: session.Stop);
        var terminal = session.Terminal;
        terminal.Result(terminal.Ink.Green("Database reset successful"));
        terminal.Result();
        if (!result.Applied.IsEmpty)
        {
            MigrateDeployCommand.Report(session, result);
        }

        if (!session.Get(SkipSeed) && Seed.Declared(session.Project) is { } seed)
        {
            await seed.RunAsync(session, settings);
        }

        return Answer.With(Outcome.Ok, json => MigrateDeployCommand.WriteJson(json, result));
    }

    private static async Task RequireConsentAsync(Session session, RunSettings settings)
    {
        var variables = session.Project.Variables;
        if (EnvironmentNames.FirstOrDefault(n => string.Equals(variables[n], "production", StringComparison.OrdinalIgnoreCase)) is { } name)
        {
            throw new StopException(
                $"{name} says Production: a reset would destroy the data of \"{settings.Address.Database}\" at {settings.Address.Server}.",
                null,
                "If that is what you want: `sluice migrate reset --force`");
        }

        var preview = await Reset.PreviewAsync(settings, session.Stop);
        var terminal = session.Terminal;
        terminal.Say();
        terminal.Warn(string.Create(
            CultureInfo.InvariantCulture,
            $"This drops {DiagnosticText.Counted(preview.Tables, "table")} with about {preview.Rows:N0} rows in {Schemas(preview)} of \"{settings.Address.Database}\" at {settings.Address.Server}."));
        foreach (var reason in preview.LooksLikeProduction)
        {
            terminal.Warn(reason);
        }

        switch (await terminal.ConfirmAsync("Are you sure you want to reset your database? All data will be lost.", session.Stop))
        {
            case true:
                return;
            case false:
                throw new OperationDeclinedException("Reset cancelled.");
            default:
                throw new StopException(
                    "A reset destroys data, and there is no terminal to ask on.",
                    null,
                    "If that is what you want: `sluice migrate reset --force`");
        }
    }

    private static string Schemas(ResetPreview preview) =>
        (preview.Schemas.Length == 1 ? "the schema " : "the schemas ") + string.Join(", ", preview.Schemas.Select(s => $"\"{s}\""));
}
