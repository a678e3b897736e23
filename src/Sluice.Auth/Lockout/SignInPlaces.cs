using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Lockout;

/// <summary>From where accounts were signed in to: clients, devices and countries. They are rows beside those of wrong passwords, and forgotten with them.</summary>
internal sealed class SignInPlaces(AuthDatabase database, IOptions<SluiceAuthOptions> options)
{
    private readonly TimeSpan knownFor = options.Value.Lockout.KnownFor;
    private readonly string knowsSql = database.Names.Sql("""
        SELECT COALESCE(bool_or({auth_attempts.ip} = $2), false), COALESCE(bool_or({auth_attempts.ip} = $3), false), COALESCE(bool_or({auth_attempts.ip} LIKE 'country:%'), false)
        FROM {auth_attempts} WHERE {auth_attempts.email} = {auth_attempts.email<$1} AND {auth_attempts.succeededAt} > $4
        """);

    private readonly string rowSql = database.Names.Sql("""
        INSERT INTO {auth_attempts} ({auth_attempts.id}, {auth_attempts.email}, {auth_attempts.ip}, {auth_attempts.failuresCount},
          {auth_attempts.lastAttemptAt}, {auth_attempts.createdAt}, {auth_attempts.updatedAt})
        VALUES ($1::{id}, $2, $3, 0, $4, $4, $4) ON CONFLICT DO NOTHING
        """);

    // Failures are forgotten by the time of the last.
    private readonly string noteSql = database.Names.Sql("""
        UPDATE {auth_attempts} SET {auth_attempts.updatedAt} = $3, {auth_attempts.lastAttemptAt} = CASE WHEN {auth_attempts.failuresCount} = 0 THEN $3 ELSE {auth_attempts.lastAttemptAt} END
          {auth_attempts.succeededAt?, {auth_attempts.succeededAt} = $3?}
        WHERE {auth_attempts.email} = {auth_attempts.email<$1} AND {auth_attempts.ip} = $2
        """);

    /// <summary>What is new about a sign-in. A country is new beside others: of the first nobody can tell.</summary>
    public async Task<Place> LookAsync(Seen seen, CancellationToken cancellation)
    {
        var country = seen.Client.Country;
        await using var command = database.Command(knowsSql, ClientKey.OfAccount(seen.Account), seen.Key, country is null ? null : ClientKey.OfCountry(country), database.Now - knownFor);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new Place(seen, seen.Device is not null || reader.GetBoolean(0), country is not null && !reader.GetBoolean(1) && reader.GetBoolean(2));
    }

    /// <summary>The same of a sign-in that knows already whether its client is new: without a country nothing is asked.</summary>
    public async Task<Place> LookAsync(Seen seen, bool isKnown, CancellationToken cancellation) =>
        (seen.Client.Country is null ? new Place(seen, isKnown, false) : await LookAsync(seen, cancellation)) with { IsKnown = isKnown };

    /// <summary>From now on it is known. Nothing is counted by it, and no lock ends: those are for passwords.</summary>
    public IEnumerable<NpgsqlBatchCommand> Noting(Place place)
    {
        var (email, now) = (ClientKey.OfAccount(place.Seen.Account), database.Now);
        foreach (var key in new[] { place.Seen.Key, place.Seen.Client.Country is { } country ? ClientKey.OfCountry(country) : null }.OfType<string>())
        {
            yield return AuthDatabase.InBatch(rowSql, database.NewId(), email, key, now);
            yield return AuthDatabase.InBatch(noteSql, email, key, now);
        }
    }
}

/// <summary>From where somebody signs in to an account.</summary>
/// <param name="Device">What <see cref="DeviceCookie"/> has read.</param>
internal sealed record Seen(string Account, Client Client, string? Device)
{
    public string Key => Device is { } device ? ClientKey.OfDevice(device) : ClientKey.Of(Client.Ip);
}

/// <param name="IsKnown">Its owner has signed in from this client or device before.</param>
/// <param name="IsNewCountry">And from other countries before, of late.</param>
internal sealed record Place(Seen Seen, bool IsKnown, bool IsNewCountry)
{
    /// <summary>What the audit says of it besides the sign-in.</summary>
    public IEnumerable<string> Actions
    {
        get
        {
            if (!IsKnown)
            {
                yield return "login_new_client";
            }

            if (IsNewCountry)
            {
                yield return "login_new_country";
            }
        }
    }
}
