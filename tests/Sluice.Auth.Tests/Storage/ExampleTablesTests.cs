using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Storage;

/// <summary>
/// Sluice.Auth in the databases of the five examples, made by their own migrations. What they lack, the check at start says; its
/// own SQL is then applied, and what it leaves to decide is decided here. The tables that are missing come from our migrations.
/// </summary>
public sealed class ExampleTablesTests
{
    [Fact]
    public Task The_event_platforms_users_and_sessions_in_camel_case_with_cuids_are_used_as_they_are() => WalkAsync(
        "event-platform",
        o =>
        {
            o.Tables.Ids = IdKind.Cuid;
            o.Tables.Existing.UnionWith(["users", "sessions", "token_blacklist"]);
            // Ours live apart from what its schema file speaks of.
            (o.Tables.Schema, o.Tables.ExistingSchema) = ("auth", "public");
            o.Tables.Absent.UnionWith(["users.username", "users.role", "users.isActive", "users.emailVerified", "sessions.aal", "sessions.amr"]);
        },
        expected: ["ALTER TABLE \"public\".\"users\" ADD COLUMN \"passwordHash\" TEXT;", "ALTER TABLE \"public\".\"users\" ALTER COLUMN \"providerId\" DROP NOT NULL;"],
        // As the document has them. What comes after that is what this test asks for, written down by the platform.
        before: Migrations("event-platform", "2026010"));

    [Fact]
    public Task The_attempts_and_idempotency_records_of_an_api_are_used_as_they_are() => WalkAsync(
        "attempts-and-idempotency",
        o =>
        {
            o.Tables.Ids = IdKind.Cuid;
            o.Tables.Existing.UnionWith(["auth_attempts", "idempotency_records"]);
            o.Tables.Absent.Add("auth_attempts.succeededAt");
        },
        expected: ["CREATE UNIQUE INDEX ON \"public\".\"auth_attempts\" (\"email\", COALESCE(\"ip\", ''));"],
        username: "ada");

    [Fact]
    public Task The_cms_users_in_snake_case_with_uuids_as_text_are_used_as_they_are() => WalkAsync(
        "schema-drift",
        o =>
        {
            o.Tables.Ids = IdKind.UuidText;
            o.Tables.Columns = ColumnStyle.SnakeCase;
            o.Tables.Existing.Add("users");
            o.Tables.Absent.UnionWith(["users.username", "users.emailVerified", "users.lastLoginAt"]);
            o.RequireDisplayName = true;
        },
        expected: ["ALTER TABLE \"public\".\"users\" ALTER COLUMN \"password_hash\" DROP NOT NULL;", "ALTER TABLE \"public\".\"users\" ADD COLUMN \"deleted_at\" TIMESTAMPTZ(6);"]);

    [Fact]
    public Task The_cms_sessions_that_its_schema_is_ahead_with_are_used_under_their_own_column_names() => WalkAsync(
        "schema-drift",
        o =>
        {
            o.Tables.Ids = IdKind.UuidText;
            o.Tables.Columns = ColumnStyle.SnakeCase;
            o.Tables.Existing.UnionWith(["users", "sessions"]);
            o.Tables.Names["sessions.refreshToken"] = "token";
            o.Tables.Names["sessions.deviceInfo"] = "user_agent";
            o.Tables.Prefix = "auth_";
            o.Tables.Absent.Add("users.username");
            o.RequireDisplayName = true;
        },
        expected: ["ALTER TABLE \"public\".\"sessions\" ADD COLUMN \"last_used_at\" TIMESTAMPTZ(6) NOT NULL DEFAULT now();"],
        before: Migration.Script(Catalog.Database.Empty, Catalog.CatalogBuilder.Build(Migration.Read(new Text.SourceText("schema.prisma", File.ReadAllText(Folder("schema-drift", "schema.prisma")))).Value)));

    [Fact]
    public Task A_table_of_github_users_takes_people_with_passwords_too() => WalkAsync(
        "github-login",
        o =>
        {
            o.Tables.Columns = ColumnStyle.SnakeCase;
            o.Tables.Existing.Add("users");
            o.Tables.Absent.UnionWith(["users.name", "users.role", "users.emailVerified", "users.lastLoginAt"]);
        },
        expected: ["ALTER TABLE \"public\".\"users\" ALTER COLUMN \"github_user_id\" DROP NOT NULL;", "ALTER TABLE \"public\".\"users\" ADD COLUMN \"email\" TEXT;"],
        username: "ada");

    [Fact]
    public Task The_auth_services_user_sessions_with_citext_inet_and_bcrypt_are_used_as_they_are() => WalkAsync(
        "auth-service",
        o =>
        {
            o.Tables.Columns = ColumnStyle.SnakeCase;
            o.Tables.Existing.UnionWith(["users", "sessions"]);
            o.Tables.Names["users.name"] = "first_name";
            o.Tables.Names["sessions"] = "user_sessions";
            o.Tables.Names["sessions.lastUsedAt"] = "last_activity_at";
            o.Tables.Names["sessions.deviceInfo"] = "user_agent";
            o.Tables.Prefix = "auth_";
            o.Tables.Types["users.email"] = "citext";
            o.Tables.Types["users.username"] = "citext";
            o.Tables.Types["users.emailVerified"] = "boolean";
            o.Tables.Types["sessions.ipAddress"] = "inet";
            o.Tables.Absent.Add("users.role");
            o.Passwords.Algorithm = PasswordAlgorithm.Bcrypt;
            o.Passwords.BcryptCost = 10;
            o.RequireUsername = true;
        },
        expected: ["ALTER TABLE \"public\".\"user_sessions\" ALTER COLUMN \"session_token\" DROP NOT NULL;", "ALTER TABLE \"public\".\"users\" ADD COLUMN \"is_active\" BOOLEAN NOT NULL DEFAULT true;"],
        // Whom the service has locked must not get in here either.
        instead: sql => sql.Contains("is_active", StringComparison.Ordinal)
            ? "ALTER TABLE users ADD COLUMN is_active boolean GENERATED ALWAYS AS (status IN ('active', 'pending_verification')) STORED;"
            : sql,
        username: "ada");

    private static async Task WalkAsync(
        string example, Action<SluiceAuthOptions> configure, string[] expected, string? username = null, string? before = null, Func<string, string>? instead = null)
    {
        await using var database = await TestDatabase.CreateAsync(before ?? Migrations(example));
        void Configured(SluiceAuthOptions o)
        {
            configure(o);
            o.MigrateOnStart = true;
        }

        var refused = await Assert.ThrowsAsync<AuthSetupException>(() => TestNode.StartAsync(database, Configured));
        Assert.All(expected, sql => Assert.Contains(sql, refused.Message, StringComparison.Ordinal));
        foreach (var line in refused.Message.Split('\n').Select(l => l.Trim()).Where(l => l.EndsWith(';')))
        {
            await database.ExecuteAsync(instead?.Invoke(line) ?? line);
        }

        await using var node = await TestNode.StartAsync(database, Configured);
        await Story.RunAsync(node, username);
    }

    private static string Migrations(string example, string until = "~") => string.Join('\n', Directory
        .EnumerateFiles(Folder(example, "migrations"), "*.sql", SearchOption.AllDirectories)
        .Where(f => string.CompareOrdinal(Path.GetFileName(Path.GetDirectoryName(f)!)[..Math.Min(until.Length, Path.GetFileName(Path.GetDirectoryName(f)!).Length)], until) <= 0)
        .Where(f => Path.GetFileName(f) == "migration.sql" || f.EndsWith(".up.sql", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Select(File.ReadAllText));

    private static string Folder(string example, string name) => Path.Combine(Repository.Root, "examples", example, name);
}
