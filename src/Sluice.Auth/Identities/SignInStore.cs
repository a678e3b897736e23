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

    private readonly string take = database.Names.Sql("""
        UPDATE {provider_sign_ins} SET {provider_sign_ins.codeHash} = NULL
        WHERE {provider_sign_ins.codeHash} = $1 AND {provider_sign_ins.codeExpiresAt} > $2
        RETURNING {provider_sign_ins.userId}::text, {provider_sign_ins.codeChallenge}, {provider_sign_ins.provider}
        """);

    private readonly string voidOf = database.Names.Sql("""
        UPDATE {provider_sign_ins} SET {provider_sign_ins.codeHash} = NULL
        WHERE {provider_sign_ins.userId} = $1::{id} AND {provider_sign_ins.codeHash} IS NOT NULL AND ($2::text IS NULL OR {provider_sign_ins.provider} = $2)
        """);

    /// <returns>Whether it is the first time.</returns>
    public async Task<bool> SpendAsync(SignInAttempt attempt, CancellationToken cancellation)
    {
        await using var command = database.Command(spend, RandomToken.Hash(attempt.State), attempt.Provider, database.Now, attempt.Expires.UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    public NpgsqlBatchCommand Issuing(SignInAttempt attempt, string code, string userId, TimeSpan lifetime) =>
        AuthDatabase.InBatch(issue, RandomToken.Hash(attempt.State), RandomToken.Hash(code), attempt.CodeChallenge, database.Now + lifetime, userId);

    /// <returns>What it stands for, once; null for what is no code, or no longer.</returns>
    public async Task<(string UserId, string Challenge, string Provider)?> TakeAsync(string code, CancellationToken cancellation)
    {
        await using var command = database.Command(take, RandomToken.Hash(code), database.Now);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetString(0), reader.GetString(1), reader.GetString(2)) : null;
    }

    /// <summary>Codes of an account that wait to be exchanged are of no use any more.</summary>
    /// <param name="provider">Those of one provider; null for all.</param>
    public NpgsqlBatchCommand Voiding(string userId, string? provider) => AuthDatabase.InBatch(voidOf, userId, provider);
}
