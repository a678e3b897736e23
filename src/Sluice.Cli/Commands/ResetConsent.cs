using System.Globalization;
using Sluice.Cli.Output;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>No database is emptied without a yes that was meant for it.</summary>
internal static class ResetConsent
{
    private static readonly string[] EnvironmentNames = ["NODE_ENV", "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT"];

    /// <param name="hint">What a person does who wants it in spite of the environment's name.</param>
    public static void RefuseProduction(Session session, RunSettings settings, string hint)
    {
        if (ProductionVariable(session) is { } name)
        {
            throw new StopException(
                $"{name} says Production: a reset would destroy the data of \"{settings.Address.Database}\" at {settings.Address.Server}.",
                null,
                hint);
        }
    }

    /// <summary>The variable by which this is production; null where none says so.</summary>
    public static string? ProductionVariable(Session session) =>
        EnvironmentNames.FirstOrDefault(n => string.Equals(session.Project.Variables[n], "production", StringComparison.OrdinalIgnoreCase));

    /// <summary>Shows what would be lost and asks. `--yes` answers only where nothing speaks against a development database.</summary>
    /// <param name="command">The command line that gives consent.</param>
    public static async Task RequireAsync(Session session, RunSettings settings, ResetPreview preview, string command)
    {
        var terminal = session.Terminal;
        terminal.Say();
        terminal.Warn(string.Create(
            CultureInfo.InvariantCulture,
            $"This drops {DiagnosticText.Counted(preview.Tables, "table")} with about {preview.Rows:N0} rows in {Schemas(preview)} of \"{settings.Address.Database}\" at {settings.Address.Server}."));
        foreach (var reason in preview.LooksLikeProduction)
        {
            terminal.Warn($"This may not be a development database: {reason}.");
        }

        var doubtful = !preview.LooksLikeProduction.IsEmpty;
        switch (await terminal.ConfirmAsync("Are you sure you want to reset your database? All data will be lost.", session.Stop, inPerson: doubtful))
        {
            case true:
                return;
            case false:
                throw new OperationDeclinedException("Reset cancelled.");
            default:
                throw new StopException(
                    doubtful && terminal.AnswersYes
                        ? "A reset destroys data, and for a database that may not be a development one `--yes` is not enough."
                        : "A reset destroys data, and there is no terminal to ask on.",
                    null,
                    $"If that is what you want: `{command}`");
        }
    }

    private static string Schemas(ResetPreview preview) =>
        (preview.Schemas.Length == 1 ? "the schema " : "the schemas ") + string.Join(", ", preview.Schemas.Select(s => $"\"{s}\""));
}
