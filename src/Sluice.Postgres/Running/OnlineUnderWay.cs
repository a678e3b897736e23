using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;

namespace Sluice.Postgres.Running;

/// <summary>While a migration is carried out online, the database is between two versions, and no other one may build on it.</summary>
/// <param name="Migration">Null where this role may not look whether there is one.</param>
/// <param name="Written">When it last went on.</param>
public sealed record OnlineUnderWay(string? Migration, string State, DateTime Written)
{
    /// <summary>The one that is neither done nor taken back; null when there is none.</summary>
    internal static async Task<OnlineUnderWay?> FindAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        switch (await JournalSchema.IsReadableAsync(connection, ["online"], cancellation))
        {
            case null:
                return null;
            case false:
                return new OnlineUnderWay(null, "unknown", default);
        }

        await using var open = new NpgsqlCommand("SELECT migration, state, written FROM sluice.online WHERE state NOT IN ('done', 'rolled back')", connection);
        await using var reader = await open.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new OnlineUnderWay(reader.GetString(0), reader.GetString(1), reader.GetDateTime(2)) : null;
    }

    /// <exception cref="ProblemException">SL5129.</exception>
    internal static async Task RequireNoneAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        switch (await FindAsync(connection, cancellation))
        {
            case null:
                return;
            case { Migration: null }:
                // Not to know of one is no reason to build on it.
                throw Refused(
                    "Whether a migration is being carried out online cannot be told, as this role may not read `sluice.online`",
                    "Connect as the role that owns it.",
                    "Or allow this one to look: GRANT USAGE ON SCHEMA sluice TO …; GRANT SELECT ON sluice.online TO …");
            case var open:
                throw Refused(
                    $"`{open.Migration}` is being carried out online (state `{open.State}`)",
                    "See where it is: sluice migrate online status",
                    "Then end it: sluice migrate online complete",
                    "Or take it back: sluice migrate online rollback");
        }
    }

    private static ProblemException Refused(string why, params ImmutableArray<string> remedies) =>
        new(new Problem("SL5129", $"{why}, so nothing else is applied, made or undone.") { Remedies = remedies });
}
