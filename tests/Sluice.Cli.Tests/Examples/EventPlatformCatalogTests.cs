namespace Sluice.Cli.Tests.Examples;

/// <summary>The document of the event platform, line by line, in the catalog of a database on which the example's migrations were deployed.</summary>
public sealed class EventPlatformCatalogTests
{
    private static readonly Example Example = new("event-platform");

    // The document's line, and what is true of the database because of it.
    private static readonly (string Line, string Holds)[] Lines =
    [
        ("- `RoomStatus` (DRAFT, ACTIVE, COMPLETED, CANCELLED)", "enum_range(NULL::\"RoomStatus\")::text[] = '{DRAFT,ACTIVE,COMPLETED,CANCELLED}'"),
        ("- `ParticipantRole` (ADMIN, ORGANIZER, MODERATOR, PARTICIPANT, VIEWER)", "enum_range(NULL::\"ParticipantRole\")::text[] = '{ADMIN,ORGANIZER,MODERATOR,PARTICIPANT,VIEWER}'"),

        ("- `users` - User accounts with OAuth data", Columns("users", "provider", "providerId", "email")),
        ("- `sessions` - Refresh token storage with session metadata", Columns("sessions", "refreshToken", "deviceInfo", "ipAddress", "lastUsedAt")),
        ("- `token_blacklist` - Revoked access tokens (blacklist pattern)", Columns("token_blacklist", "tokenHash", "expiresAt")),
        ("- `apps` - Registered applications with manifests", Columns("apps", "appId", "manifest")),
        ("- `rooms` - Event/room records", Columns("rooms", "appId", "status", "isPublic")),
        ("- `participants` - User participation in rooms", Columns("participants", "userId", "roomId", "role")),
        ("- `prizes` - Prize records", Columns("prizes", "roomId")),
        ("- `winners` - Winner records", Columns("winners", "roomId", "prizeId", "participantId")),

        ("- Email, provider indexes on users", $"{Index("users", "email", unique: true)} AND {Index("users", "provider,providerId")}"),
        ("- Status, appId indexes on rooms", $"{Index("rooms", "status")} AND {Index("rooms", "appId")}"),
        ("- Composite indexes for common query patterns", "EXISTS (SELECT FROM pg_index WHERE indrelid = 'rooms'::regclass AND indnatts > 1)"),
        ("- Primary keys on all tables", "NOT EXISTS (SELECT FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary))"),
        ("- Unique constraints (email, appId, userId+roomId)", $"{Index("users", "email", unique: true)} AND {Index("apps", "appId", unique: true)} AND {Index("participants", "userId,roomId", unique: true)}"),
        ("- Foreign key constraints with appropriate ON DELETE actions", "NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND confdeltype NOT IN ('c', 'r'))"),

        // The generated model makes them; the database has text, and no default that would make others.
        ("**CUID (Collision-resistant Unique ID)** chosen for all primary keys:",
            "(SELECT bool_and(atttypid = 'text'::regtype AND attnotnull AND NOT atthasdef) AND count(*) = 8 FROM pg_attribute WHERE attname = 'id' AND attrelid IN ("
            + string.Join(", ", ((string[])["users", "sessions", "token_blacklist", "apps", "rooms", "participants", "prizes", "winners"]).Select(t => $"'{t}'::regclass")) + "))"),

        ("- **Users** - Preserve user data for audit trails", SoftDeleted("users")),
        ("- **Apps** - Track historical app registrations", SoftDeleted("apps")),
        ("- **Rooms** - Preserve completed event data", SoftDeleted("rooms")),
        ("- **Participants** - Track who left rooms", SoftDeleted("participants")),
        ("- **Prizes** - Track removed prizes", SoftDeleted("prizes")),
        ("- **Winners** - Track revoked winners", SoftDeleted("winners")),

        ("- `App.manifest` - Application configuration", Json("apps", "manifest", required: true)),
        ("- `Room.appSettings` - App-specific room settings", Json("rooms", "appSettings")),
        ("- `Participant.metadata` - App-specific participant data", Json("participants", "metadata")),
        ("- `Prize.metadata` - Additional prize information", Json("prizes", "metadata")),
        ("- `Winner.metadata` - Draw/selection metadata", Json("winners", "metadata")),

        ("| User → Session | CASCADE |", Key("sessions", "users", 'c')),
        ("| User → Participant | CASCADE |", Key("participants", "users", 'c')),
        ("| App → Room | RESTRICT |", Key("rooms", "apps", 'r')),
        ("| Room → Participant | CASCADE |", Key("participants", "rooms", 'c')),
        ("| Room → Prize | CASCADE |", Key("prizes", "rooms", 'c')),
        ("| Room → Winner | CASCADE |", Key("winners", "rooms", 'c')),
        ("| Participant → Winner | CASCADE |", Key("winners", "participants", 'c')),
        ("| Prize → Winner | RESTRICT |", Key("winners", "prizes", 'r')),

        // PostgreSQL makes none by itself: the schema says them.
        ("- Foreign keys (automatic in PostgreSQL)",
            "NOT EXISTS (SELECT FROM pg_constraint k WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = k.conrelid AND indkey[0] = k.conkey[1]))"),
        ("- Frequently filtered fields (status, isPublic, role)", $"{Index("rooms", "status")} AND {Index("rooms", "isPublic")} AND {Index("participants", "role")}"),
        ("- Unique constraints (email, appId)", $"{Index("users", "email", unique: true)} AND {Index("apps", "appId", unique: true)}"),
        ("- Soft delete fields (deletedAt)", string.Join(" AND ", ((string[])["users", "apps", "rooms", "participants", "prizes", "winners"]).Select(t => Index(t, "deletedAt")))),
        ("- `[status, isPublic, appId]` on rooms - Common list filtering", Index("rooms", "status,isPublic,appId")),
        ("- `[roomId, role]` on participants - Role-based queries", Index("participants", "roomId,role")),
        ("- `[roomId, prizeId]` on winners - Prize winner lookups", Index("winners", "roomId,prizeId")),
        ("- `[provider, providerId]` on users - OAuth lookups", Index("users", "provider,providerId")),

        ("- **Remove** `accessToken` from Session table (not needed for JWT)", "NOT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'accessToken')"),
        ("- **Add** TokenBlacklist table for revoked tokens only", "to_regclass('public.token_blacklist') IS NOT NULL"),
        ("  \"tokenHash\" TEXT NOT NULL UNIQUE,", $"{Column("token_blacklist", "tokenHash", "text", required: true)} AND {Index("token_blacklist", "tokenHash", unique: true)}"),
        ("  \"expiresAt\" TIMESTAMP(3) NOT NULL,", Column("token_blacklist", "expiresAt", "timestamp(3) without time zone", required: true)),
        ("  \"userId\" TEXT NOT NULL,", Column("token_blacklist", "userId", "text", required: true)),
        ("  \"reason\" TEXT,", Column("token_blacklist", "reason", "text")),
        ("  \"revokedAt\" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,", Column("token_blacklist", "revokedAt", "timestamp(3) without time zone", required: true, "CURRENT_TIMESTAMP")),
        ("  \"revokedBy\" TEXT", Column("token_blacklist", "revokedBy", "text")),
        ("CREATE INDEX \"token_blacklist_tokenHash_idx\" ON \"token_blacklist\"(\"tokenHash\");", Index("token_blacklist", "tokenHash", name: "token_blacklist_tokenHash_idx")),
        ("CREATE INDEX \"token_blacklist_expiresAt_idx\" ON \"token_blacklist\"(\"expiresAt\");", Index("token_blacklist", "expiresAt", name: "token_blacklist_expiresAt_idx")),
        ("CREATE INDEX \"token_blacklist_userId_idx\" ON \"token_blacklist\"(\"userId\");", Index("token_blacklist", "userId", name: "token_blacklist_userId_idx")),
        ("- `deviceInfo` - User agent string for tracking", Column("sessions", "deviceInfo", "text")),
        ("- `ipAddress` - IP address for security monitoring", Column("sessions", "ipAddress", "text")),
        ("- `lastUsedAt` - Last activity timestamp", Column("sessions", "lastUsedAt", "timestamp(3) without time zone", required: true, "CURRENT_TIMESTAMP")),
        ("- Index on `lastUsedAt` for cleanup queries", Index("sessions", "lastUsedAt")),
    ];

    // What the document does not have: for accounts by Sluice.Auth, for draws that can be done again, for pages of lists.
    private const string More = """
        column sessions.aal, column sessions.amr, column sessions.fingerprint, column users.emailVerified, column users.isActive, column users.lastLoginAt, column users.passwordHash, column users.role,
        index apps(isActive,id), index participants(roomId,id), index participants(roomId,role,id), index rooms(appId,isPublic,id), index rooms(isPublic,id), index rooms(status,isPublic,appId,id),
        index rooms(status,isPublic,id), index winners(roomId,id), index winners(roomId,prizeId,id), table draws, table legacy_access_tokens, table tickets
        """;

    [Fact]
    public async Task Each_line_of_the_document_is_true_of_a_deployed_database()
    {
        await using var work = await DeployedAsync();
        var broken = new List<string>();
        foreach (var (line, holds) in Lines)
        {
            if (await work.QueryAsync($"SELECT {holds}") is not true)
            {
                broken.Add($"{line}   {holds}");
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void Each_line_is_the_document_s()
    {
        var document = Repository.FindAbove("shared/requirements/000_42459ab6afdfcb0c.txt");
        Assert.SkipWhen(document is null, "no shared/requirements above this checkout");
        var text = File.ReadAllText(document!);
        Assert.DoesNotContain(Lines.Select(l => l.Line), l => !text.Contains(l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_document_does_not_have_is_known()
    {
        await using var work = await DeployedAsync();
        var found = (string)(await work.QueryAsync("""
            SELECT string_agg(thing, ', ' ORDER BY thing COLLATE "C") FROM (
              SELECT 'table ' || relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                AND relname NOT IN ('_prisma_migrations', 'users', 'sessions', 'token_blacklist', 'apps', 'rooms', 'participants', 'prizes', 'winners')
              UNION ALL
              SELECT 'column ' || relname || '.' || attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
              WHERE attnum > 0 AND NOT attisdropped AND relnamespace = 'public'::regnamespace AND (relname, attname) IN (
                ('users', 'role'), ('users', 'isActive'), ('users', 'emailVerified'), ('users', 'passwordHash'), ('users', 'lastLoginAt'), ('sessions', 'aal'), ('sessions', 'amr'), ('sessions', 'fingerprint'))
              UNION ALL
              SELECT 'index ' || c.relname || '(' || (SELECT string_agg(attname, ',' ORDER BY n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (a, n) JOIN pg_attribute ON attrelid = c.oid AND attnum = k.a) || ')'
              FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
              WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN ('apps', 'rooms', 'participants', 'winners') AND NOT indisunique
                AND (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = i.indkey[i.indnatts - 1]) = 'id'
            ) AS things (thing)
            """))!;
        Assert.Equal(More.ReplaceLineEndings(" "), found);
    }

    private static async Task<LiveWorkspace> DeployedAsync()
    {
        var work = await LiveWorkspace.CreateAsync();
        (await work.RunAsync("migrate", "deploy", "--no-backup", "--schema", Example.Schema)).Ends(0);
        return work;
    }

    private static string Columns(string table, params string[] names) =>
        $"(SELECT count(*) = {names.Length} FROM pg_attribute WHERE attrelid = to_regclass('public.{table}') AND attname IN ({string.Join(", ", names.Select(n => $"'{n}'"))}))";

    private static string Column(string table, string name, string type, bool required = false, string? fallback = null) =>
        $"EXISTS (SELECT FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = '{table}'::regclass AND attname = '{name}' AND format_type(atttypid, atttypmod) = '{type}'"
        + $" AND attnotnull = {(required ? "true" : "false")} AND pg_get_expr(adbin, adrelid) IS NOT DISTINCT FROM {(fallback is null ? "NULL" : $"'{fallback}'")})";

    private static string SoftDeleted(string table) => Column(table, "deletedAt", "timestamp(3) without time zone");

    private static string Json(string table, string name, bool required = false) => Column(table, name, "jsonb", required);

    private static string Index(string table, string columns, bool unique = false, string? name = null) =>
        $"EXISTS (SELECT FROM pg_index i WHERE indrelid = '{table}'::regclass AND indisvalid AND indpred IS NULL AND indisunique = {(unique ? "true" : "false")}"
        + $" AND (SELECT string_agg(attname, ',' ORDER BY n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (a, n) JOIN pg_attribute ON attrelid = indrelid AND attnum = k.a) = '{columns}'"
        + (name is null ? ")" : $" AND indexrelid = '\"{name}\"'::regclass)");

    private static string Key(string table, string of, char onDelete) =>
        $"(SELECT count(*) = 1 AND bool_and(confdeltype = '{onDelete}') FROM pg_constraint WHERE contype = 'f' AND conrelid = '{table}'::regclass AND confrelid = '{of}'::regclass)";
}
