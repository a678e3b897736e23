namespace Sluice.Auth.Settings;

/// <summary>What tables and columns are called, for applications that have users and sessions already. Resolved once, at start.</summary>
public sealed class TableOptions
{
    /// <summary>The PostgreSQL schema.</summary>
    public string Schema { get; set; } = "public";

    public IdKind Ids { get; set; }

    public ColumnStyle Columns { get; set; }

    /// <summary>Other names, by the default one: `users` → `accounts`, `users.passwordHash` → `pwd`.</summary>
    public IDictionary<string, string> Names { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>The type of every id.</summary>
public enum IdKind
{
    /// <summary>`uuid`, version 7.</summary>
    Uuid,

    /// <summary>`text` with a cuid.</summary>
    Cuid,
}

/// <summary>How columns without a name of their own in <see cref="TableOptions.Names"/> are spelled.</summary>
public enum ColumnStyle
{
    /// <summary>`passwordHash`.</summary>
    CamelCase,

    /// <summary>`password_hash`.</summary>
    SnakeCase,
}
