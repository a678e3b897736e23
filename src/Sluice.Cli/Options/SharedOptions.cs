using System.CommandLine;

namespace Sluice.Cli.Options;

/// <summary>What every command takes, before or after its name.</summary>
internal static class SharedOptions
{
    public static readonly Option<string?> Schema = new("--schema")
    {
        Description = "The schema: a file, or a folder of .prisma files",
        HelpName = "PATH",
        Recursive = true,
    };

    public static readonly Option<string?> Migrations = new("--migrations")
    {
        Description = "The migrations folder (default: `migrations` beside the schema)",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<string?> Url = new("--url")
    {
        Description = "The database to work on (default: from the schema, DATABASE_URL or DB_HOST…)",
        HelpName = "URL",
        Recursive = true,
    };

    public static readonly Option<bool> Verbose = new("--verbose", "-v")
    {
        Description = "Say more about what is done",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Answer in JSON on stdout",
        Recursive = true,
    };

    public static readonly Option<bool> NoColor = new("--no-color")
    {
        Description = "Plain text (also: NO_COLOR=1)",
        Recursive = true,
    };

    public static readonly Option<bool> Yes = new("--yes", "-y")
    {
        Description = "Answer yes to every question",
        Recursive = true,
    };

    public static readonly Option[] All = [Schema, Migrations, Url, Verbose, Json, NoColor, Yes];
}
