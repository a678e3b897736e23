using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Studio.Storage;

/// <summary>The database that the pages show. Whatever is asked of it is asked in a transaction, and its values come as PostgreSQL prints them.</summary>
internal sealed class StudioDatabase(DatabaseAddress address, bool isReadOnly) : IAsyncDisposable
{
    // Forms that read back to the very same value, whatever the server or the role has set.
    // Poolers of transactions refuse the path as a start-up parameter, so it is set here.
    private const string Forms =
        "SELECT set_config('search_path', $2, true), set_config('DateStyle', 'ISO, MDY', true), set_config('IntervalStyle', 'postgres', true), set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true), set_config('xmlbinary', 'base64', true), set_config('standard_conforming_strings', 'on', true), set_config('statement_timeout', $1, true)";

    private readonly NpgsqlDataSource pool = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(ServerConnection.ConnectionString(address)) { Pooling = true, MaxPoolSize = Math.Max(address.Pool.Maximum, 4) });

    public DatabaseAddress Address => address;

    public bool IsReadOnly => isReadOnly;

    /// <summary>In a transaction that cannot write, and is rolled back.</summary>
    public async Task<T> ReadAsync<T>(TimeSpan limit, Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellation)
    {
        await using var connection = await pool.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Set before the first query: after one the server lets nobody take it back.
        await PrepareAsync(connection, limit, cancellation, before: "SET TRANSACTION READ ONLY");
        return await read(connection);
    }

    /// <summary>In one transaction, committed when <paramref name="write"/> says so, else rolled back.</summary>
    /// <exception cref="RefusedException">The page was opened for reading.</exception>
    public async Task<T> WriteAsync<T>(TimeSpan limit, Func<NpgsqlConnection, Task<(T Result, bool Commit)>> write, CancellationToken cancellation)
    {
        RequireWriting();
        await using var connection = await pool.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await PrepareAsync(connection, limit, cancellation);
        var (result, commit) = await write(connection);
        if (commit)
        {
            await transaction.CommitAsync(cancellation);
        }

        return result;
    }

    /// <summary>Outside of any transaction, for what the server allows in none.</summary>
    public async Task<T> AloneAsync<T>(TimeSpan limit, Func<NpgsqlConnection, Task<T>> run, CancellationToken cancellation)
    {
        RequireWriting();
        await using var connection = await pool.OpenConnectionAsync(cancellation);
        await PrepareAsync(connection, limit, cancellation, isLocal: false);
        return await run(connection);
    }

    public void RequireWriting()
    {
        if (isReadOnly)
        {
            throw new RefusedException(403, "This page was opened with --read-only.", "Start `sluice studio` without it to change something.");
        }
    }

    /// <summary>For what cannot be taken back: that whoever wants it means this database.</summary>
    /// <param name="typed">By a person, into the page.</param>
    /// <exception cref="RefusedException">It is another's name, or the page was opened for reading.</exception>
    public void RequireName(string? typed)
    {
        RequireWriting();
        if (typed != address.Database)
        {
            throw new RefusedException(400, "The name that was typed is not the database's.", $"It is {address.Database}.");
        }
    }

    public ValueTask DisposeAsync() => pool.DisposeAsync();

    // Of the session, where there is no transaction: it ends with its return to the pool. A session that a pooler lent us is left as it is.
    private async Task PrepareAsync(NpgsqlConnection connection, TimeSpan limit, CancellationToken cancellation, bool isLocal = true, string? before = null)
    {
        var forms = new NpgsqlBatchCommand(isLocal ? Forms : Forms.Replace(", true)", ", false)", StringComparison.Ordinal) + " WHERE pg_catalog.pg_backend_pid() = $3");
        forms.Parameters.Add(new NpgsqlParameter { Value = ((long)limit.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture) });
        forms.Parameters.Add(new NpgsqlParameter { Value = SqlCommand.Name(address.Schema) });
        if (!isLocal)
        {
            forms.Parameters.Add(new NpgsqlParameter { Value = connection.ProcessID });
        }

        // In one round trip: a row that is scrolled to waits for it.
        await using var batch = new NpgsqlBatch(connection);
        if (before is not null)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(before));
        }

        batch.BatchCommands.Add(forms);
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
