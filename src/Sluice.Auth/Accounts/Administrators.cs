using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>There is always one who can administer: what would end the last of them is undone, of two at the same moment too.</summary>
internal sealed class Administrators(AuthDatabase database)
{
    /// <summary>The role.</summary>
    public const string Role = "ADMIN";

    public static readonly Refusal Last = new(409, "last_administrator", "This is the last account that can administer. Make another one first.");
    public static readonly Refusal Own = new(409, "own_account", "An administrator does not do this to the own account. Another one can.");

    // One after the other: each finds what those before it have left.
    private const string TakeTurns = "DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('sluice auth administrators')); END $$";

    private readonly string keepAnother = database.Names.Sql($$"""
        UPDATE {users} SET {users.updatedAt} = {users.updatedAt} WHERE {users.id} = (
          SELECT u.{users.id} FROM {users} u WHERE u.{users.role}::text = 'ADMIN' AND u.{users.id} <> $1::{id} AND {{AdmissionSql.Account(database, "u")}} AND u.{users.deletedAt} IS NULL AND {{LockSql.None("u", "$2")}}
          ORDER BY u.{users.createdAt} LIMIT 1)
        """);

    /// <summary>First in what may end an administrator.</summary>
    public static NpgsqlBatchCommand TakingTurns() => new(TakeTurns);

    /// <summary>Affects a row where there is another one, who stays one until the transaction ends.</summary>
    public NpgsqlBatchCommand KeepingAnother(string userId) => AuthDatabase.InBatch(keepAnother, userId, database.Now);
}
