using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Identities;

/// <summary>Sign-ins that have come back: of each state the first, and of each code the first.</summary>
internal sealed class SignInStore(AuthDatabase database)
{
    private readonly string spend = database.Names.Sql("""
        INSERT INTO {provider_sign_ins} ({provider_sign_ins.stateHash}, {provider_sign_ins.provider}, {provider_sign_ins.createdAt}, {provider_sign_ins.expiresAt})
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
        """);

    // An account that another was quicker to make is not there: no row then, and no error.
    private readonly string issue = database.Names.Sql("""
        UPDATE {provider_sign_ins} s SET {provider_sign_ins.codeHash} = $2, {provider_sign_ins.codeChallenge} = $3, {provider_sign_ins.codeExpiresAt} = $4, {provider_sign_ins.userId} = u.{users.id}
        FROM {users} u WHERE u.{users.id} = $5::{id} AND s.{provider_sign_ins.stateHash} = $1 AND s.{provider_sign_ins.userId} IS NULL
        """);

    private readonly string find = database.Names.Sql("""
        SELECT {provider_sign_ins.userId}::text, {provider_sign_ins.codeChallenge}, {provider_sign_ins.provider} FROM {provider_sign_ins}
        WHERE {provider_sign_ins.codeHash} = $1 AND {provider_sign_ins.codeExpiresAt} > $2
        """);

    private readonly string use = database.Names.Sql("UPDATE {provider_sign_ins} SET {provider_sign_ins.codeHash} = NULL WHERE {provider_sign_ins.codeHash} = $1 AND {provider_sign_ins.codeExpiresAt} > $2");

    private readonly string voidOf = database.Names.Sql("""
        UPDATE {provider_sign_ins} SET {provider_sign_ins.codeHash} = NULL
        WHERE {provider_sign_ins.userId} = $1::{id} AND {provider_sign_ins.codeHash} IS NOT NULL AND {provider_sign_ins.provider} = $2
        """);

    /// <returns>Whether it is the first time.</returns>
    public async Task<bool> SpendAsync(SignInAttempt attempt, CancellationToken cancellation)
    {
        await using var command = database.Command(spend, RandomToken.Hash(attempt.State), attempt.Provider, database.Now, attempt.Expires.UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    public NpgsqlBatchCommand Issuing(SignInAttempt attempt, string code, string userId, TimeSpan lifetime) =>
        AuthDatabase.InBatch(issue, RandomToken.Hash(attempt.State), RandomToken.Hash(code), attempt.CodeChallenge, database.Now + lifetime, userId);

    /// <summary>Uses a code up: no row where another was quicker, or it was void meanwhile.</summary>
    public NpgsqlBatchCommand Using(string code) => AuthDatabase.InBatch(use, RandomToken.Hash(code), database.Now);

    /// <returns>Whether it was there to be used up.</returns>
    public async Task<bool> UseAsync(string code, CancellationToken cancellation)
    {
        await using var command = database.Command(use, RandomToken.Hash(code), database.Now);
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <returns>What it stands for; null for what is no code, or no longer.</returns>
    public async Task<(string UserId, string Challenge, string Provider)?> FindAsync(string code, CancellationToken cancellation)
    {
        await using var command = database.Command(find, RandomToken.Hash(code), database.Now);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetString(0), reader.GetString(1), reader.GetString(2)) : null;
    }

    /// <summary>Codes of an account that wait to be exchanged are of no use any more: those of one provider.</summary>
    public NpgsqlBatchCommand Voiding(string userId, string provider) => AuthDatabase.InBatch(voidOf, userId, provider);
}
