using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace Sluice.Postgres.Connecting;

/// <summary>What a failing connection means and what to do about it.</summary>
internal static class ConnectionProblems
{
    public static Problem OnOpening(Exception failure, DatabaseAddress address) => failure switch
    {
        PostgresException server => FromServer(server, address),
        { InnerException: AuthenticationException tls } => Tls(tls.Message, address),
        { InnerException: SocketException socket } => Unreachable(address, socket.Message),
        SocketException socket => Unreachable(address, socket.Message),
        TimeoutException or { InnerException: TimeoutException } => Unreachable(address, $"no answer within {address.ConnectTimeout.TotalSeconds:0.#} s"),
        _ when failure.Message.Contains("SSL", StringComparison.Ordinal) => Tls(failure.Message, address),
        _ when failure.Message.Contains("password", StringComparison.OrdinalIgnoreCase) => Refused(address, failure.Message),
        _ => Unreachable(address, failure.Message),
    };

    /// <summary>Files that the address names are looked for first: what comes of a missing one later does not say which it was.</summary>
    /// <exception cref="ProblemException">P1011.</exception>
    public static void RequireFiles(DatabaseAddress address)
    {
        var tls = address.Tls;
        (string Name, string? Path)[] files = [("sslrootcert", tls.RootCertificate), (tls.ClientKey is null ? "sslidentity" : "sslcert", tls.ClientCertificate), ("sslkey", tls.ClientKey)];
        foreach (var (name, path) in files)
        {
            if (path is not null && !File.Exists(path))
            {
                throw new ProblemException(new Problem("P1011", $"Error opening a TLS connection to `{address.Server}`: there is no file {path}, which `{name}` names.")
                {
                    Remedies = [$"Correct the path behind `{name}=` in the connection URL; relative ones begin at {Directory.GetCurrentDirectory()}."],
                });
            }
        }
    }

    /// <summary>A connection that broke, or an error outside any script of the user's.</summary>
    public static Problem DuringRun(NpgsqlException failure, DatabaseAddress address) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => Closed(failure, address),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied => new Problem(
            "P1010",
            $"User `{address.User}` was denied access on the database `{address.Database}`: {Text(denied, address)}")
        {
            Remedies = [MissingRight.Remedy(denied.MessageText, address)],
        },
        PostgresException server => new Problem("P1016", $"The server refused a statement of the tool's own: {server.SqlState} {Text(server, address)}"),
        _ => Closed(failure, address),
    };

    private static Problem FromServer(PostgresException server, DatabaseAddress address) => server.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword => Refused(address, server.MessageText),
        PostgresErrorCodes.InvalidAuthorizationSpecification when server.MessageText.Contains("pg_hba", StringComparison.Ordinal) => new Problem(
            "P1010", $"The server at `{address.Server}` lets this client not in: {server.MessageText}")
        {
            Remedies = server.MessageText.Contains("no encryption", StringComparison.Ordinal)
                ? ["Encrypt: `sslmode=require`", "Or let such clients in: pg_hba.conf"]
                : ["Let such clients in: pg_hba.conf", "Or, if it takes connections without TLS only: `sslmode=disable`"],
        },
        PostgresErrorCodes.InvalidAuthorizationSpecification => Refused(address, server.MessageText),
        PostgresErrorCodes.InvalidCatalogName => new Problem(
            "P1003", $"Database `{address.Database}` does not exist on the database server at `{address.Server}`.")
        {
            Remedies = ["Create it by applying the migrations: sluice migrate deploy", "Or correct its name in the connection URL."],
        },
        PostgresErrorCodes.InsufficientPrivilege => new Problem(
            "P1010", $"User `{address.User}` was denied access on the database `{address.Database}`: {server.MessageText}")
        {
            Remedies = [$"GRANT CONNECT ON DATABASE {ServerConnection.Quote(address.Database)} TO <user>;"],
        },
        PostgresErrorCodes.ObjectNotInPrerequisiteState => Shut(address, server.MessageText),
        PostgresErrorCodes.TooManyConnections => new Problem(
            "P2037", $"Too many database connections opened on `{address.Server}`: {server.MessageText}")
        {
            Remedies = ["Close idle clients, or raise `max_connections` of the server."],
        },
        _ => Unreachable(address, $"{server.SqlState} {server.MessageText}"),
    };

    /// <summary>A database that was told to let nobody in.</summary>
    public const string ShutCode = "SL5113";

    private static Problem Shut(DatabaseAddress address, string reason) => new(
        ShutCode, $"The server at `{address.Server}` answers, but {reason}: a restore shuts a database before it puts another in its place.")
    {
        Remedies =
        [
            "Where a restore was killed then, this opens it again: `sluice doctor --fix`",
            $"Where somebody else shut it, as its owner, in the database `postgres`: ALTER DATABASE {ServerConnection.Quote(address.Database)} WITH ALLOW_CONNECTIONS true;",
        ],
    };

    private static Problem Refused(DatabaseAddress address, string reason) => new(
        "P1000",
        $"Authentication failed against database server at `{address.Server}`, the provided database credentials for `{address.User}` are not valid ({Redaction.Clean(reason, address)}).")
    {
        Remedies = ["Correct the user name and password in the connection URL (special characters percent-encoded)."],
    };

    private static Problem Unreachable(DatabaseAddress address, string reason) => new(
        "P1001",
        $"Can't reach database server at `{address.Server}` ({Redaction.Clean(reason, address)}).\n\nPlease make sure your database server is running at `{address.Server}`.")
    {
        Remedies = ["Start a private local server: sluice db start", "Or correct the host and port in the connection URL."],
    };

    private static Problem Tls(string reason, DatabaseAddress address)
    {
        var (what, remedies) = reason switch
        {
            _ when reason.Contains("certificate", StringComparison.OrdinalIgnoreCase) => (
                $"the server's certificate is not trusted, or is for another host ({reason})",
                (string[])[
                    "Name the certificate of its authority: `sslmode=verify-full&sslrootcert=FILE`",
                    "Or encrypt without verifying whom you talk to: `sslmode=require` without `sslaccept=strict`",
                ]),
            _ when reason.Contains("No SSL enabled", StringComparison.Ordinal) => (
                "the server offers none",
                ["Switch it on in the server (`ssl = on`), or on a trusted network set `sslmode=prefer`"]),
            _ => (reason, ["Set `sslmode` as the server needs it: disable, prefer, require, verify-full"]),
        };
        return new Problem("P1011", $"Error opening a TLS connection to `{address.Server}`: {Redaction.Clean(what, address)}.") { Remedies = [.. remedies] };
    }

    private static Problem Closed(NpgsqlException failure, DatabaseAddress address) => new(
        "P1017", $"Server has closed the connection: {Redaction.Clean(failure is PostgresException server ? server.MessageText : failure.Message, address)}")
    {
        Remedies = ["See what the database knows of the run: sluice migrate status"],
    };

    private static string Text(PostgresException server, DatabaseAddress address) => Redaction.Clean(server.MessageText, address);
}
