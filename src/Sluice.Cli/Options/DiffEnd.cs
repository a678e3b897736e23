using System.CommandLine;

namespace Sluice.Cli.Options;

/// <summary>One end of `migrate diff`.</summary>
internal abstract record DiffEnd
{
    private DiffEnd()
    {
    }

    public sealed record Empty : DiffEnd;

    public sealed record Schema(string Path) : DiffEnd;

    public sealed record Migrations(string Path) : DiffEnd;

    public sealed record Url(string Address) : DiffEnd;

    public sealed record Sql(string Path) : DiffEnd;

    /// <summary>The database that a schema's datasource names.</summary>
    public sealed record Datasource(string Path) : DiffEnd;

    /// <summary>The database of the project's configuration.</summary>
    public sealed record Configured : DiffEnd;
}

/// <summary>The options that name one end: `--from-…` or `--to-…`.</summary>
internal sealed class DiffEndOptions
{
    private readonly string side;
    private readonly Option<bool> empty;
    private readonly Option<string?> schema;
    private readonly Option<string?> migrations;
    private readonly Option<string?> url;
    private readonly Option<string?> sql;
    private readonly Option<string?> datasource;
    private readonly Option<bool> configured;

    public DiffEndOptions(string side)
    {
        this.side = side;
        empty = new($"--{side}-empty") { Description = "A database with nothing in it" };
        schema = new($"--{side}-schema", $"--{side}-schema-datamodel") { Description = "What a schema asks for", HelpName = "PATH" };
        migrations = new($"--{side}-migrations") { Description = "What the migrations of a folder make", HelpName = "DIR" };
        url = new($"--{side}-url") { Description = "What a database has", HelpName = "URL" };
        sql = new($"--{side}-sql") { Description = "What an SQL script makes: a file, or a folder of .sql files", HelpName = "PATH" };
        datasource = new($"--{side}-schema-datasource") { Description = "What the database of a schema's datasource has", HelpName = "PATH", Hidden = true };
        configured = new($"--{side}-config-datasource") { Description = "What the configured database has", Hidden = true };
    }

    public Symbol[] All => [empty, schema, migrations, url, sql, datasource, configured];

    public DiffEnd Read(Session session)
    {
        DiffEnd?[] given =
        [
            session.Get(empty) ? new DiffEnd.Empty() : null,
            session.Get(schema) is { } s ? new DiffEnd.Schema(s) : null,
            session.Get(migrations) is { } m ? new DiffEnd.Migrations(m) : null,
            session.Get(url) is { } u ? new DiffEnd.Url(u) : null,
            session.Get(sql) is { } q ? new DiffEnd.Sql(q) : null,
            session.Get(datasource) is { } d ? new DiffEnd.Datasource(d) : null,
            session.Get(configured) ? new DiffEnd.Configured() : null,
        ];
        return given.Where(e => e is not null).ToArray() switch
        {
            [{ } one] => one,
            [] => throw new StopException(
                $"The {side} side is missing.",
                null,
                $"Give one of --{side}-empty, --{side}-schema, --{side}-migrations, --{side}-url, --{side}-sql."),
            _ => throw new StopException($"The {side} side is given twice; give one."),
        };
    }
}
