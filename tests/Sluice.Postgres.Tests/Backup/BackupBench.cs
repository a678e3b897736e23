using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Backup;

/// <summary>A database with one of everything, and a folder for its backups.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class BackupBench : IAsyncDisposable
{
    // Includes what PostgreSQL spells otherwise once it was dumped and restored: casts of arrays in checks, indexes, defaults.
    private const string Everything =
        """
        CREATE TYPE mood AS ENUM ('good', 'bad');
        CREATE DOMAIN mail AS text CHECK (value ~ '@');
        CREATE TABLE users (
          id bigserial PRIMARY KEY, name varchar(20) NOT NULL CHECK (name IN ('x', 'y', 'z')), mood mood DEFAULT 'good', mail mail,
          ratio float8, made timestamptz DEFAULT now(), data jsonb, bytes bytea, tags text[] DEFAULT (ARRAY['q'::varchar])::text[],
          two int GENERATED ALWAYS AS (1 + 1) STORED);
        INSERT INTO users (name, mail, ratio, data, bytes)
        SELECT (ARRAY['x', 'y', 'z'])[1 + i % 3], 'a@b', i / 7.0, '{"a": [1, null]}', decode(md5(i::text), 'hex') FROM generate_series(1, 500) i;
        CREATE TABLE orders (id int PRIMARY KEY, user_id bigint REFERENCES users, "Odd ""name" int, r text);
        INSERT INTO orders SELECT i, i, i, CASE WHEN i % 2 = 0 THEN 'ü' || i END FROM generate_series(1, 300) i;
        CREATE INDEX some_names ON users (name) WHERE name IN ('x', 'y');
        CREATE VIEW known AS SELECT * FROM users WHERE name IN ('x', 'y');
        CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM users;
        CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS $$SELECT n * 2$$;
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$;
        CREATE TRIGGER touched BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION touch();
        CREATE TABLE parts (id int, k text) PARTITION BY RANGE (id);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
        INSERT INTO parts VALUES (1, 'a'), (2, NULL);
        ALTER TABLE users ENABLE ROW LEVEL SECURITY;
        CREATE POLICY mine ON users USING (name = ANY (ARRAY['x', 'y']));
        COMMENT ON TABLE users IS 'it''s';
        CREATE TABLE "Empty" ();
        CREATE SCHEMA other;
        CREATE TABLE other.things (a int);
        CREATE TABLE _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
        INSERT INTO _prisma_migrations VALUES ('20250101000000_init', now(), NULL), ('20250201000000_orders', now(), NULL);
        """;

    private readonly TestDatabase database;
    private readonly DirectoryInfo home = TestCluster.NewFolder();
    private readonly List<string> others = [];
    private string? role;

    private BackupBench(TestDatabase database)
    {
        this.database = database;
        Settings = new RunSettings
        {
            Address = Workbench.AddressOf(database.Url),
            MigrationsPath = Path.Combine(home.FullName, "migrations"),
        };
        Request = new BackupRequest { Folder = Path.Combine(home.FullName, "backups") };
    }

    public RunSettings Settings { get; set; }

    public BackupRequest Request { get; }

    public string Home => home.FullName;

    public string Database => database.Name;

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<BackupBench> OpenAsync()
    {
        var found = await HasToolsAsync();
        Assert.SkipUnless(found, "no pg_dump fit for the server");
        return new(await TestDatabase.CreateAsync(Everything));
    }

    public Task<BackupResult> TakeAsync() => BackupRun.TakeAsync(Settings, Request, Stop);

    public async Task<BackupResult> TakeAsync(DumpTools tools, BackupRequest request)
    {
        await using var connection = await ServerConnection.OpenAsync(Settings.Address, Stop);
        return await BackupRun.TakeAsync(Settings, request, connection, tools, Stop);
    }

    public async Task<DumpTools> ToolsAsync()
    {
        await using var connection = await ServerConnection.OpenAsync(Settings.Address, Stop);
        return await DumpTools.RequireAsync(connection.PostgreSqlVersion.Major, Stop);
    }

    /// <summary>A pg_dump that runs <paramref name="before"/> and then the real one, and the real pg_restore.</summary>
    public async Task<DumpTools> WrappedAsync(string before, string after = "", string extra = "")
    {
        var real = await ToolsAsync();
        var folder = System.IO.Directory.CreateDirectory(Path.Combine(home.FullName, "tools")).FullName;
        Script(Path.Combine(folder, "pg_dump"), $"{before}\n{real.PgDump} {extra} \"$@\"\ncode=$?\n{after}\nexit $code");
        Script(Path.Combine(folder, "pg_restore"), $"{before}\nexec {real.PgRestore} \"$@\"");
        return real with { Folder = folder };
    }

    public static void Script(string path, string text)
    {
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A file that only its owner can read.</summary>
    public static void WriteKey(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public BackupKey Key(char digit)
    {
        var path = Path.Combine(home.FullName, digit + ".key");
        WriteKey(path, new string(digit, 64));
        return BackupKey.Read(path);
    }

    public Task ExecuteAsync(string sql) => database.ExecuteAsync(sql);

    /// <summary>A name of its own for a further database, dropped at the end.</summary>
    public string Another(string suffix)
    {
        others.Add($"{database.Name}_{suffix}");
        return others[^1];
    }

    public void Forget(string name) => others.Add(name);

    public async Task<T> ScalarAsync<T>(string sql, string? otherDatabase = null)
    {
        var connection = database.Connection();
        connection.Database = otherDatabase ?? database.Name;
        connection.Pooling = false;
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(CancellationToken.None))!;
    }

    /// <summary>Connects as a role of its own; what it owned and left behind keeps it from being dropped at the end.</summary>
    public async Task UseRoleAsync(string rights, string password)
    {
        role = "r_" + Guid.NewGuid().ToString("N");
        await ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD '{password}' {rights}");
        Settings = Settings with { Address = Settings.Address with { User = role, Password = password } };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var other in others)
        {
            await ScalarAsync<object?>($"DROP DATABASE IF EXISTS \"{other}\" WITH (FORCE)", "postgres");
        }

        await database.DisposeAsync();
        if (role is not null)
        {
            await ScalarAsync<object?>($"DROP ROLE {role}", "postgres");
        }

        home.Delete(recursive: true);
    }

    private static async Task<bool> HasToolsAsync()
    {
        await using var source = NpgsqlDataSource.Create(TestCluster.Server);
        await using var connection = await source.OpenConnectionAsync(Stop);
        try
        {
            await DumpTools.RequireAsync(connection.PostgreSqlVersion.Major, Stop);
            return true;
        }
        catch (ProblemException)
        {
            return false;
        }
    }
}
