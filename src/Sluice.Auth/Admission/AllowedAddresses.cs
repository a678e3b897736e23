using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Admission;

/// <summary>Asks whether an address may have an account, for what says so to nobody but the audit.</summary>
internal sealed class AllowedAddresses(AuthDatabase database)
{
    private readonly string ask = database.Names.Sql($"SELECT {AdmissionSql.Address(database, "$1::text")}");

    /// <param name="email">In lower case.</param>
    public async Task<bool> HasAsync(string email, CancellationToken cancellation)
    {
        await using var command = database.Command(ask, email);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>The same in a batch: one row.</summary>
    public NpgsqlBatchCommand Asking(string email) => AuthDatabase.InBatch(ask, email);
}
