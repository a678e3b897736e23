using System.Collections.Immutable;
using Sluice.Diagnostics;
using Sluice.Model;
using Sluice.Text;

namespace Sluice.Cli.Projects;

/// <summary>Where the files of a project are and which database it means.</summary>
internal sealed class Project
{
    private readonly string? url;
    private readonly ConnectionSource? given;
    private Stage<SchemaModel>? schema;

    private Project(string folder, string? schemaPath, string? migrations, string? url)
    {
        Folder = folder;
        Config = PrismaConfig.Find(folder);
        Package = PackageJson.Find(folder);
        FoundSchemaPath = SchemaLookup.Find(folder, schemaPath, Config, Package);
        this.url = url;
        var named = migrations ?? Config?.MigrationsPath;
        MigrationsPath = named is not null
            ? Path.GetFullPath(named, folder)
            : FoundSchemaPath is not null ? SchemaLookup.MigrationsBeside(FoundSchemaPath) : Path.Combine(folder, "migrations");
        if (FoundSchemaPath is not null)
        {
            Variables.Load(Path.Combine(SchemaFolder, ".env"));
        }

        Variables.Load(Path.Combine(folder, ".env"));
    }

    private Project(Project other, ConnectionSource connection)
    {
        (Folder, Config, Package, FoundSchemaPath, MigrationsPath, Variables) = (other.Folder, other.Config, other.Package, other.FoundSchemaPath, other.MigrationsPath, other.Variables);
        (schema, given) = (other.schema, connection);
    }

    public string Folder { get; }

    public PrismaConfig? Config { get; }

    public PackageJson Package { get; }

    public Variables Variables { get; } = new();

    /// <summary>Null when there is none; most commands want <see cref="SchemaPath"/>.</summary>
    public string? FoundSchemaPath { get; }

    public string MigrationsPath { get; }

    public string SchemaPath => FoundSchemaPath ?? throw SchemaLookup.NotFound();

    /// <summary>The folder that holds the schema, or is it.</summary>
    public string SchemaFolder => Directory.Exists(SchemaPath) ? SchemaPath : Path.GetDirectoryName(SchemaPath)!;

    public static Project Find(string folder, string? schema, string? migrations, string? url) => new(folder, schema, migrations, url);

    /// <summary>The same project with another database.</summary>
    public Project With(ConnectionSource connection) => new(this, connection);

    /// <summary>The schema with its mistakes; read once.</summary>
    public Stage<SchemaModel> Schema => schema ??= Migration.Read(SchemaFiles.Read(SchemaPath).AsSpan());

    /// <summary>The files that declare what the schema cannot say.</summary>
    public ImmutableArray<SourceText> SqlFiles => FoundSchemaPath is null ? [] : ObjectFiles.Beside(this);

    /// <summary>The database's address, and where it was said.</summary>
    public ConnectionSource Connection => given ?? ConnectionSource.Find(url, Datasource, Config, Variables);

    /// <summary>Null when nothing says which database.</summary>
    public ConnectionSource? ConnectionOrNull => given ?? ConnectionSource.FindOrNull(url, Datasource, Config, Variables, out _);

    /// <summary>The scratch database that the project names; null where one is to be created and dropped.</summary>
    public string? ShadowUrl =>
        new[] { Resolve(Datasource?.ShadowDatabaseUrl), Config?.ShadowUrl?.Resolve(Variables), Variables["SHADOW_DATABASE_URL"] }
            .FirstOrDefault(u => !string.IsNullOrWhiteSpace(u));

    public ImmutableArray<string> DeclaredSchemas => Datasource?.Schemas.Items ?? [];

    /// <summary>What the datasource block says; works on a schema with mistakes elsewhere, and without a schema at all.</summary>
    public Datasource? Datasource => FoundSchemaPath is not null && Path.Exists(FoundSchemaPath) ? Schema.Value.Datasource : null;

    private string? Resolve(ConfigValue? value) =>
        value is null ? null : value.Literal ?? (value.EnvironmentVariable is { } name ? Variables[name] : null);
}
