using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace Sluice.Postgres.Connecting;

/// <summary>Opens connections, telling apart what passes, what is configured wrong, and what is missing.</summary>
public static class ServerConnection
{
    /// <summary>An open connection outside any pool, `search_path` on the address's schema.</summary>
    /// <exception cref="ProblemException">P1000 refused, P1001 unreachable, P1003 no such database, P1010 not allowed, P1011 TLS.</exception>
    public static Task<NpgsqlConnection> OpenAsync(DatabaseAddress address, CancellationToken cancellation = default) =>
        OpenAsync(address, null, cancellation);

    /// <param name="retrying">Told before each further attempt.</param>
    public static async Task<NpgsqlConnection> OpenAsync(
        DatabaseAddress address,
        Action<ConnectionAttempt>? retrying,
        CancellationToken cancellation = default)
    {
        ConnectionProblems.RequireFiles(address);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OpenOnceAsync(address, cancellation);
            }
            catch (Exception failure) when (failure is NpgsqlException or SocketException or TimeoutException)
            {
                if (!IsPassing(failure) || attempt > address.Retry.MaxRetries)
                {
                    throw new ProblemException(ConnectionProblems.OnOpening(failure, address), failure);
                }

                var delay = address.Retry.Delay * Math.Pow(2, attempt - 1);
                retrying?.Invoke(new ConnectionAttempt(address.Server, attempt, address.Retry.MaxRetries, delay, Redaction.Clean(failure.Message, address)));
                await Task.Delay(delay, cancellation);
            }
        }
    }

    /// <summary>Creates the database when it is missing, through `postgres` or `template1`; true when it did.</summary>
    public static Task<bool> EnsureDatabaseAsync(DatabaseAddress address, CancellationToken cancellation = default) =>
        EnsureDatabaseAsync(address, null, cancellation);

    /// <param name="retrying">Told before each further attempt.</param>
    public static async Task<bool> EnsureDatabaseAsync(
        DatabaseAddress address,
        Action<ConnectionAttempt>? retrying,
        CancellationToken cancellation = default)
    {
        try
        {
            await using var there = await OpenAsync(address, retrying, cancellation);
            return false;
        }
        catch (ProblemException missing) when (missing.Problem.Code == "P1003")
        {
            await using var server = await OpenMaintenanceAsync(address, cancellation);
            return await CreateDatabaseAsync(server, address.Database, cancellation);
        }
    }

    /// <summary>A connection to a database that every server has, to create and drop others from.</summary>
    internal static async Task<NpgsqlConnection> OpenMaintenanceAsync(DatabaseAddress address, CancellationToken cancellation)
    {
        try
        {
            return await OpenAsync(Plain(address, "postgres"), null, cancellation);
        }
        catch (ProblemException missing) when (missing.Problem.Code is "P1003" or "P1010" or "P1000")
        {
            return await OpenAsync(Plain(address, "template1"), null, cancellation);
        }
    }

    internal static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // Everybody may have made functions in the schema `public` of these; what is said here has no use for any.
    private static DatabaseAddress Plain(DatabaseAddress address, string database) =>
        address with { Database = database, Schema = "pg_catalog", SchemaIsExplicit = false };

    private static async Task<bool> CreateDatabaseAsync(NpgsqlConnection server, string database, CancellationToken cancellation)
    {
        try
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {Quote(database)}", server);
            await create.ExecuteNonQueryAsync(cancellation);
            return true;
        }
        catch (PostgresException exists) when (exists.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another process created it in the meantime.
            return false;
        }
        catch (PostgresException refused)
        {
            throw new ProblemException(
                new Problem("P1003", $"Database `{database}` does not exist and could not be created: {refused.MessageText}")
                {
                    Remedies = ["Create it as a user who may, for example: createdb " + database, "Or grant it: ALTER ROLE <user> CREATEDB;"],
                },
                refused);
        }
    }

    private static async Task<NpgsqlConnection> OpenOnceAsync(DatabaseAddress address, CancellationToken cancellation)
    {
        // The tool reads text, numbers and times only; asking the server for all its types costs more than most commands.
        var source = new NpgsqlSlimDataSourceBuilder(ConnectionString(address));
        source.EnableTransportSecurity().EnableArrays();
        source.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        var connection = source.Build().CreateConnection();
        try
        {
            await connection.OpenAsync(cancellation);
            if (!address.IsPooled)
            {
                await UseSchemaAsync(connection, address.Schema, cancellation);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Sent as a command: poolers refuse it as a start-up parameter. In a session that is not the one we were given the key of,
    /// a pooler's, nothing is set: whoever has it next would keep it.
    /// </summary>
    internal static async Task UseSchemaAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        await using var use = new NpgsqlCommand("SELECT pg_catalog.set_config('search_path', $1, false) WHERE pg_catalog.pg_backend_pid() = $2", connection);
        use.Parameters.Add(new NpgsqlParameter { Value = Quote(schema) });
        use.Parameters.Add(new NpgsqlParameter { Value = connection.ProcessID });
        await use.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>A pool of connections, as large as the address says; who waits longer for one than the connect timeout is told so.</summary>
    public static NpgsqlDataSource CreatePool(DatabaseAddress address) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(ConnectionString(address))
        {
            Pooling = true,
            MinPoolSize = address.Pool.Minimum,
            MaxPoolSize = address.Pool.Maximum,
            SearchPath = Quote(address.Schema),
        });

    /// <summary>The address in Npgsql's words. Holds the password.</summary>
    public static string ConnectionString(DatabaseAddress address)
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Database = address.Database,
            ApplicationName = address.ApplicationName,
            Timeout = (int)Math.Clamp(Math.Ceiling(address.ConnectTimeout.TotalSeconds), 1, 1024),
            CommandTimeout = (int)(address.SocketTimeout?.TotalSeconds ?? 0),
            Pooling = false,
            IncludeErrorDetail = true,
            IncludeFailedBatchedCommand = true,
            TcpKeepAlive = true,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        if (address.User is not null)
        {
            builder.Username = address.User;
        }

        if (address.Password is not null)
        {
            builder.Password = address.Password;
        }

        if (address.Options is not null)
        {
            builder.Options = address.Options;
        }

        Secure(builder, address.Tls);
        return builder.ConnectionString;
    }

    private static void Secure(NpgsqlConnectionStringBuilder builder, TlsSettings tls)
    {
        builder.SslMode = tls.Mode switch
        {
            "disable" => SslMode.Disable,
            "allow" => SslMode.Allow,
            "prefer" => SslMode.Prefer,
            "require" => tls.AcceptInvalid ? SslMode.Require : SslMode.VerifyFull,
            "verify-ca" => SslMode.VerifyCA,
            _ => SslMode.VerifyFull,
        };
        if (builder.SslMode is SslMode.VerifyCA or SslMode.VerifyFull && tls.RootCertificate is not null)
        {
            builder.RootCertificate = tls.RootCertificate;
        }

        builder.SslCertificate = tls.ClientCertificate;
        builder.SslKey = tls.ClientKey;
        builder.SslPassword = tls.ClientKeyPassword;
    }

    private static bool IsPassing(Exception failure) => failure switch
    {
        PostgresException server => server.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections
            or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        NpgsqlException { InnerException: SocketException socket } => IsPassing(socket),
        NpgsqlException { InnerException: TimeoutException or IOException { InnerException: SocketException } } => true,
        TimeoutException => true,
        SocketException socket => socket.SocketErrorCode is not (SocketError.HostNotFound or SocketError.NoData or SocketError.AddressFamilyNotSupported),
        _ => false,
    };
}

/// <summary>A connection that failed for a passing reason; the next attempt follows after <paramref name="Delay"/>.</summary>
public sealed record ConnectionAttempt(string Server, int Attempt, int Attempts, TimeSpan Delay, string Reason);
