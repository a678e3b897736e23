using Npgsql;

namespace Sluice.Postgres.Connecting;

/// <summary>Opens connections, telling apart what passes, what is configured wrong, and what is missing.</summary>
public static class ServerConnection
{
    /// <summary>An open connection outside any pool, `search_path` on the address's schema.</summary>
    /// <exception cref="ProblemException">P1000 refused, P1001 unreachable, P1003 no such database, P1010 not allowed, P1011 TLS.</exception>
    public static Task<NpgsqlConnection> OpenAsync(DatabaseAddress address, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>Creates the database when it is missing, through `postgres` or `template1`; true when it did.</summary>
    public static Task<bool> EnsureDatabaseAsync(DatabaseAddress address, CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}
