namespace Sluice.Auth.Settings;

/// <summary>What tables and columns are called, for applications that have users and sessions already. Resolved once, at start.
/// <c>docs/auth-tables.md</c> lists every name.</summary>
public sealed class TableOptions
{
    /// <summary>The PostgreSQL schema.</summary>
    public string Schema { get; set; } = "public";

    /// <summary>The schema of the tables that are <see cref="Existing"/>, where it is another one: with ours in `auth`, what compares `public` with a
    /// schema file sees the application's tables alone.</summary>
    public string? ExistingSchema { get; set; }

    /// <summary>Before the names of tables that have none in <see cref="Names"/> and are not <see cref="Existing"/>: `auth_`.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The type of every id: `Uuid` (version 7), `Cuid` in a text column, or `UuidText`.</summary>
    public IdKind Ids { get; set; }

    /// <summary>How columns are spelled: `CamelCase` (`passwordHash`) or `SnakeCase` (`password_hash`).</summary>
    public ColumnStyle Columns { get; set; }

    /// <summary>Other names, by the default one: `users` → `accounts`, `users.passwordHash` → `pwd`.</summary>
    public IDictionary<string, string> Names { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Columns that an existing table has not, and that are done without: `users.username`.</summary>
    public ISet<string> Absent { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Types of existing columns, where they are others than ours: `users.email` → `citext`, `sessions.ipAddress` → `inet`, `users.emailVerified` → `boolean`.</summary>
    public IDictionary<string, string> Types { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Tables that the application's own migrations make: ours leave them alone. By the default name, `users`.</summary>
    public ISet<string> Existing { get; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>The type of every id.</summary>
public enum IdKind
{
    /// <summary>`uuid`, version 7.</summary>
    Uuid,

    /// <summary>`text` with a cuid.</summary>
    Cuid,

    /// <summary>`text` with a uuid.</summary>
    UuidText,
}

/// <summary>How columns without a name of their own in <see cref="TableOptions.Names"/> are spelled.</summary>
public enum ColumnStyle
{
    /// <summary>`passwordHash`.</summary>
    CamelCase,

    /// <summary>`password_hash`.</summary>
    SnakeCase,
}
