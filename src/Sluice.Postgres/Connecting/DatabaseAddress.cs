using Sluice.Text;

namespace Sluice.Postgres.Connecting;

/// <summary>Where a database is and how to reach it, from Prisma's URL or the `DB_*` variables.</summary>
public sealed record DatabaseAddress
{
    /// <summary>Host name, address, or the directory of a Unix socket.</summary>
    public required string Host { get; init; }

    public int Port { get; init; } = 5432;

    public required string Database { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>`?schema=`: where unqualified names and the history table live.</summary>
    public string Schema { get; init; } = "public";

    /// <summary>True when the address itself names the schema.</summary>
    public bool SchemaIsExplicit { get; init; }

    public TlsSettings Tls { get; init; } = TlsSettings.Prefer;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Null for none, as `socket_timeout=0`.</summary>
    public TimeSpan? SocketTimeout { get; init; }

    public string ApplicationName { get; init; } = "sluice";

    /// <summary>`options=-c …`, handed to the server as it is.</summary>
    public string? Options { get; init; }

    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>For those who keep connections: the tool's own commands open the two or three they need.</summary>
    public PoolSize Pool { get; init; } = PoolSize.Default;

    /// <summary>Parameters that say nothing to this tool (`connection_limit`, `pgbouncer`, …), kept so that the address can be written back.</summary>
    public EquatableArray<(string Name, string Value)> OtherParameters { get; init; } = [];

    /// <summary>`pgbouncer=true`, as Prisma has it: between us and the server is a pooler in transaction mode.</summary>
    public bool IsPooled => OtherParameters.Items.Contains(("pgbouncer", "true"));

    /// <summary>Host and port as messages say them.</summary>
    public string Server => $"{Host}:{Port}";

    /// <summary>Reads `postgresql://user:p%40ss@host:port/db?schema=x&amp;sslmode=…`.</summary>
    /// <exception cref="ProblemException">P1013: what is wrong with it, without its password.</exception>
    public static DatabaseAddress Parse(string url) => AddressReader.FromUrl(url);

    /// <summary>Reads `DB_HOST`, `DB_PORT`, `DB_NAME`, `DB_USER`, `DB_PASSWORD`, `DB_SSL_MODE`; null when none of them is set.</summary>
    public static DatabaseAddress? FromVariables(Func<string, string?> variable) => AddressReader.FromVariables(variable);

    /// <summary>The same address with `DB_POOL_MIN`, `DB_POOL_MAX`, `DB_CONNECTION_TIMEOUT_MS`, `DB_MAX_RETRIES` and `DB_RETRY_DELAY_MS` applied where they are set.</summary>
    public DatabaseAddress WithLimits(Func<string, string?> variable) => AddressReader.WithLimits(this, variable);

    /// <summary>As a URL, the password hidden: fit for every text.</summary>
    public string Redacted => AddressReader.Write(this, hidePassword: true);

    /// <summary>As a URL with its password: for a child process or a file of the user's, never for a log.</summary>
    public string ToUrl() => AddressReader.Write(this, hidePassword: false);

    // A record's own ToString would print the password.
    public override string ToString() => Redacted;
}

/// <param name="Mode">`disable`, `prefer`, `require`, `verify-ca`, `verify-full`.</param>
public sealed record TlsSettings(string Mode, string? RootCertificate, string? ClientCertificate, string? ClientKey, string? ClientKeyPassword, bool AcceptInvalid)
{
    public static TlsSettings Prefer { get; } = new("prefer", null, null, null, null, AcceptInvalid: true);

    public override string ToString() => Mode;
}

/// <summary>How many connections a pool keeps open, and how many it may open.</summary>
public sealed record PoolSize(int Minimum, int Maximum)
{
    public static PoolSize Default { get; } = new(2, 10);
}

/// <summary>How often a connection that failed for a passing reason is tried again; the delay doubles each time.</summary>
public sealed record RetryPolicy(int MaxRetries, TimeSpan Delay)
{
    public static RetryPolicy Default { get; } = new(3, TimeSpan.FromSeconds(1));
}
