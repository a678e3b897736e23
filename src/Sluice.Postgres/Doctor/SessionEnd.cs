using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Doctor;

/// <summary>`doctor --kill`: ends one session of this database, once it is known whose it is.</summary>
public static class SessionEnd
{
    private const string ClientBackend = "client backend";

    private const int Widest = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Hidden sessions have no kind; that of a user and a database is a client's.
    private const string Query =
        """
        SELECT coalesce(a.usename::text, ''), coalesce(a.application_name, ''), coalesce(a.state, 'hidden from this user'), coalesce(pg_catalog.host(a.client_addr), 'local'), coalesce(a.datname::text, ''),
               coalesce(a.backend_type, CASE WHEN a.usesysid IS NULL THEN 'a process of the server' ELSE 'client backend' END), coalesce(a.backend_start::text, ''),
               extract(epoch FROM clock_timestamp() - a.xact_start)::float8, coalesce(a.query, ''), a.datname = pg_catalog.current_database(), a.pid = pg_catalog.pg_backend_pid(),
               coalesce(them.rolsuper, false) AND NOT me.rolsuper,
               me.rolsuper OR coalesce(pg_catalog.pg_has_role(a.usesysid, 'USAGE'), false) OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')
        FROM pg_catalog.pg_stat_activity a
        JOIN pg_catalog.pg_roles me ON me.rolname = current_user
        LEFT JOIN pg_catalog.pg_roles them ON them.oid = a.usesysid
        WHERE a.pid = $1
        """;

    /// <summary>Who it is.</summary>
    /// <exception cref="ProblemException">SL5150: there is none, it is not for this command, or this user may not end it.</exception>
    public static Task<FoundSession> FindAsync(RunSettings settings, int process, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return await FindAsync(connection, settings, process, cancellation);
        });

    /// <summary>Ends it, with a row in the journal.</summary>
    /// <returns>False when it was told to end and has not within five seconds.</returns>
    /// <exception cref="ProblemException">SL5150: it is gone by now.</exception>
    public static Task<bool> RunAsync(RunSettings settings, FoundSession found, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var books = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return await RecordedRun.RunAsync(books, settings, async run =>
            {
                await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
                if (!await TellAsync(connection, found, cancellation))
                {
                    throw Refuse(found.ProcessId, "it has ended by itself meanwhile", "Look who is in the way now: sluice doctor");
                }

                var isGone = await IsGoneAsync(connection, found, cancellation);
                await run.NoteAsync($"{(isGone ? "ended" : "told to end")} {found.Who}");
                return isGone;
            }, cancellation);
        });

    internal static async Task<FoundSession> FindAsync(NpgsqlConnection connection, RunSettings settings, int process, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Query, connection) { Parameters = { new NpgsqlParameter { Value = process } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            throw Refuse(process, "there is no such session", "Look who is there: sluice doctor");
        }

        var (user, application, database, kind) = (reader.GetString(0), reader.GetString(1), reader.GetString(4), reader.GetString(5));
        var found = new FoundSession(process, user, application, reader.GetString(2), reader.GetString(3), reader.IsDBNull(7) ? null : TimeSpan.FromSeconds(reader.GetDouble(7)),
            Redaction.Statement(reader.GetString(8), Widest, settings.Address), reader.GetString(6));
        return (IsOwn: reader.GetBoolean(10) || application == settings.Address.ApplicationName, IsHere: reader[9] is true, IsBeyond: reader.GetBoolean(11), May: reader.GetBoolean(12)) switch
        {
            { IsOwn: true } => throw Refuse(process, "it is this command's own", "Look who is there: sluice doctor"),
            _ when kind != ClientBackend => throw Refuse(process, $"it is no client's session, but {kind}", "What the server does for itself ends by itself."),
            { IsHere: false } => throw Refuse(process, $"it is one of database {database}", "Name that database with --url."),
            { IsBeyond: true } => throw Refuse(process, $"it is the superuser {user}'s, which only a superuser may end", "Connect as a superuser, or ask one."),
            { May: false } => throw Refuse(process, $"it is {user}'s, and this user may end its own sessions alone", $"GRANT pg_signal_backend TO {ServerConnection.Quote(settings.Address.User ?? "user")};"),
            _ when found.Started.Length == 0 => throw Refuse(process, "when it began is hidden from this user, so that another may have its number by the time that it is ended", $"GRANT pg_read_all_stats TO {ServerConnection.Quote(settings.Address.User ?? "user")};"),
            _ => found,
        };
    }

    // Numbers are used again: only the session that was shown is ended.
    private static async Task<bool> TellAsync(NpgsqlConnection connection, FoundSession found, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz", connection)
        {
            Parameters = { new NpgsqlParameter { Value = found.ProcessId }, new NpgsqlParameter { Value = found.Started } },
        };
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private static async Task<bool> IsGoneAsync(NpgsqlConnection connection, FoundSession found, CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            await using var command = new NpgsqlCommand("SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz", connection)
            {
                Parameters = { new NpgsqlParameter { Value = found.ProcessId }, new NpgsqlParameter { Value = found.Started } },
            };
            if (await command.ExecuteScalarAsync(cancellation) is null)
            {
                return true;
            }

            await Task.Delay(Pause, cancellation);
        }

        return false;
    }

    private static ProblemException Refuse(int process, string why, string remedy) =>
        new(new Problem("SL5150", string.Create(CultureInfo.InvariantCulture, $"Session {process} is not ended: {why}.")) { Remedies = [remedy] });
}

/// <param name="Client">The address it comes from.</param>
/// <param name="Age">Of its transaction; null where none is open, or this user may not see it.</param>
/// <param name="Query">The last statement, without secrets.</param>
/// <param name="Started">When the session began, in the server's words.</param>
public sealed record FoundSession(int ProcessId, string User, string Application, string State, string Client, TimeSpan? Age, string Query, string Started)
{
    /// <summary>Whose it is, without its statement, which may have anybody's values in it: for books that keep for ever what they are told.</summary>
    public string Who => string.Create(
        CultureInfo.InvariantCulture,
        $"pid {ProcessId} (user {User}, {(Application.Length == 0 ? "no application name" : Application)}, from {Client}, {State}{(Age is { } age ? $", its transaction open for {Preflight.Ages.Show(age)}" : "")})");

    public override string ToString() => $"{Who}: {Query}";
}
