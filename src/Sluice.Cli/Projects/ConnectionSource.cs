using Sluice.Model;
using Sluice.Postgres.Connecting;

namespace Sluice.Cli.Projects;

/// <param name="Origin">Where the address was said, for messages.</param>
internal sealed record ConnectionSource(DatabaseAddress Address, string Origin)
{
    /// <summary>The variable that the schema names and that is not set, so that another source was taken; else null.</summary>
    public string? Unset { get; init; }

    /// <summary>`--url`, the datasource (its directUrl first), prisma.config.ts, DATABASE_URL, then the `DB_*` variables.</summary>
    public static ConnectionSource Find(string? option, Datasource? datasource, PrismaConfig? config, Variables variables)
    {
        var found = FindOrNull(option, datasource, config, variables, out var unset);
        if (found is not null)
        {
            return unset.Count > 0 && found.Origin is "DATABASE_URL" or "DB_HOST" ? found with { Unset = unset[^1] } : found;
        }

        throw new StopException(
            unset.Count == 0 ? "Which database? Nothing says." : $"Environment variable not found: {unset[0]}.",
            "P1012",
            "Set `DATABASE_URL=postgresql://USER:PASSWORD@HOST:PORT/DATABASE` in the environment or in .env, or name it with `--url URL`.",
            "For a private local server: `sluice db start`.");
    }

    public static ConnectionSource? FindOrNull(string? option, Datasource? datasource, PrismaConfig? config, Variables variables, out List<string> unset)
    {
        var missing = unset = [];
        if (datasource is { Provider: not ("postgresql" or "postgres") })
        {
            throw new StopException(
                $"The datasource `{datasource.Name}` is for `{datasource.Provider}`, and this tool connects to PostgreSQL only.",
                "SL2113",
                "If the database is PostgreSQL: write `provider = \"postgresql\"`.");
        }

        if (option is not null && string.IsNullOrWhiteSpace(option))
        {
            // `--url "$URL"` with URL unset; another database must not be taken in its place.
            throw new StopException("`--url` was given, and is empty.", "P1013", "Set the variable that it names, or leave `--url` out.");
        }

        var candidates = new (string? Url, string Origin)[]
        {
            (option, "--url"),
            (Resolve(datasource?.DirectUrl), "directUrl of the schema"),
            (Resolve(datasource?.Url), "url of the schema"),
            (config?.Url?.Resolve(variables), config is null ? "" : Path.GetFileName(config.Path)),
            (variables["DATABASE_URL"], "DATABASE_URL"),
        };
        foreach (var (url, origin) in candidates)
        {
            if (!string.IsNullOrWhiteSpace(url))
            {
                return new ConnectionSource(DatabaseAddress.Parse(url).WithLimits(n => variables[n]), origin);
            }
        }

        return DatabaseAddress.FromVariables(n => variables[n]) is { } address
            ? new ConnectionSource(address.WithLimits(n => variables[n]), "DB_HOST")
            : null;

        string? Resolve(ConfigValue? value)
        {
            if (value?.EnvironmentVariable is not { } name)
            {
                return value?.Literal;
            }

            if (variables[name] is null)
            {
                missing.Add(name);
            }

            return variables[name];
        }
    }
}
