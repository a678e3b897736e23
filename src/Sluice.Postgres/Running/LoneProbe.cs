using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Running;

internal enum LoneState
{
    Done,
    NotDone,

    /// <summary>The catalog does not tell.</summary>
    Unknown,
}

/// <summary>Finds out from the catalog how a statement ended that no transaction protects and nobody saw the end of.</summary>
internal sealed class LoneProbe(NpgsqlConnection connection, LoneStatement statement, LockPatience? patience)
{
    /// <summary>What is there before the statement is sent: the indexes of its table, or whether its object exists.</summary>
    public async Task<string> NoteAsync(CancellationToken cancellation) => statement switch
    {
        LoneStatement.CreateIndex create => await IndexesAsync(create.Table, onlyInvalid: false, cancellation),
        LoneStatement.CreateShared or LoneStatement.DropShared => await IsThereAsync(cancellation) ? "there" : "missing",
        _ => "",
    };

    /// <param name="note">What <see cref="NoteAsync"/> said then.</param>
    public async Task<LoneState> FindAsync(string note, CancellationToken cancellation) => statement switch
    {
        LoneStatement.CreateIndex create => await NewIndexAsync(create, note, cancellation),
        LoneStatement.DropIndex drop => await AnyRelationAsync(drop.Names, cancellation) ? LoneState.NotDone : LoneState.Done,
        LoneStatement.DetachPartition detach => await DetachAsync(detach, cancellation),
        LoneStatement.CreateShared => note == "missing" && await IsThereAsync(cancellation) ? LoneState.Done : LoneState.NotDone,
        LoneStatement.DropShared => note == "there" && !await IsThereAsync(cancellation) ? LoneState.Done : LoneState.NotDone,
        LoneStatement.Reindex or LoneStatement.Repeatable => LoneState.NotDone,
        _ => LoneState.Unknown,
    };

    /// <summary>
    /// Takes away what a failed one left: an invalid index is never used, is kept up to date all the same, and would be taken
    /// for the wanted one by IF NOT EXISTS.
    /// </summary>
    public async Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var name in await LeftoversAsync(cancellation))
        {
            await DropAsync(name, cancellation);
        }
    }

    /// <summary>The same when the run gives up: what cannot be had now, because the blocker still holds the table, is named and left to the next run.</summary>
    /// <param name="before">What <see cref="NoteAsync"/> said before the statement was sent.</param>
    public async Task TidyAsync(string before, CancellationToken cancellation)
    {
        var left = statement is LoneStatement.CreateIndex create ? await NewInvalidAsync(create, before, cancellation) : await LeftoversAsync(cancellation);
        foreach (var name in left)
        {
            try
            {
                await DropAsync(name, cancellation);
            }
            catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                patience?.Report(new RunEvent.InvalidIndexLeft(name));
            }
        }
    }

    private async Task<List<string>> LeftoversAsync(CancellationToken cancellation) => statement switch
    {
        LoneStatement.CreateIndex { Name.Length: > 0 } create => await InvalidAsync("t.oid = pg_catalog.to_regclass($1)::oid AND x.relname = $2", create.Table, create.Name, cancellation),
        LoneStatement.Reindex reindex => await InvalidAsync(
            "$1 IN (t.oid, (SELECT indrelid FROM pg_catalog.pg_index WHERE indexrelid = $1)) AND x.relname::text ~ $2".Replace("$1", "pg_catalog.to_regclass($1)::oid", StringComparison.Ordinal),
            reindex.Relation,
            "_cc(new|old)[0-9]*$",
            cancellation),
        _ => [],
    };

    // Built by someone at this moment is invalid too, and none of ours.
    private async Task<List<string>> InvalidAsync(string condition, string relation, string name, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(x.relname)
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace
            WHERE NOT i.indisvalid AND x.relkind = 'i' AND {condition}
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = x.oid)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = relation });
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        List<string> names = [];
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private async Task DropAsync(string index, CancellationToken cancellation)
    {
        await using var drop = new NpgsqlCommand($"DROP INDEX CONCURRENTLY {index}", connection);
        await drop.ExecuteNonQueryAsync(cancellation);
        patience?.Report(new RunEvent.InvalidIndexDropped(index));
    }

    // The index that is there now and was not then: valid, it is the one; invalid, what is left of it.
    private async Task<LoneState> NewIndexAsync(LoneStatement.CreateIndex create, string note, CancellationToken cancellation)
    {
        foreach (var name in await NewInvalidAsync(create, note, cancellation))
        {
            await DropAsync(name, cancellation);
        }

        var now = (await IndexesAsync(create.Table, onlyInvalid: false, cancellation)).Split(' ').Except(note.Split(' '));
        return now.Any(o => o.Length > 0) ? LoneState.Done : LoneState.NotDone;
    }

    private async Task<List<string>> NewInvalidAsync(LoneStatement.CreateIndex create, string note, CancellationToken cancellation)
    {
        List<string> names = [];
        foreach (var oid in (await IndexesAsync(create.Table, onlyInvalid: true, cancellation)).Split(' ').Except(note.Split(' ')).Where(o => o.Length > 0))
        {
            await using var name = new NpgsqlCommand("SELECT $1::oid::regclass::text", connection);
            name.Parameters.Add(new NpgsqlParameter { Value = long.Parse(oid, CultureInfo.InvariantCulture) });
            names.Add((string)(await name.ExecuteScalarAsync(cancellation))!);
        }

        return names;
    }

    private async Task<string> IndexesAsync(string table, bool onlyInvalid, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT coalesce(pg_catalog.string_agg(indexrelid::text, ' ' ORDER BY indexrelid), '')
            FROM pg_catalog.pg_index WHERE indrelid = pg_catalog.to_regclass($1)::oid AND NOT ($2 AND indisvalid)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = table });
        command.Parameters.Add(new NpgsqlParameter { Value = onlyInvalid });
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<bool> AnyRelationAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_catalog.unnest($1) n (name) WHERE pg_catalog.to_regclass(name) IS NOT NULL)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = names.ToArray() });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private async Task<LoneState> DetachAsync(LoneStatement.DetachPartition detach, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT inhdetachpending FROM pg_catalog.pg_inherits
            WHERE inhparent = pg_catalog.to_regclass($1)::oid AND inhrelid = pg_catalog.to_regclass($2)::oid
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = detach.Parent });
        command.Parameters.Add(new NpgsqlParameter { Value = detach.Partition });
        switch (await command.ExecuteScalarAsync(cancellation))
        {
            case false:
                return LoneState.NotDone;
            case true:
                await using (var finalize = new NpgsqlCommand($"ALTER TABLE {detach.Parent} DETACH PARTITION {detach.Partition} FINALIZE", connection))
                {
                    await finalize.ExecuteNonQueryAsync(cancellation);
                }

                return LoneState.Done;
            default:
                return LoneState.Done;
        }
    }

    private async Task<bool> IsThereAsync(CancellationToken cancellation)
    {
        var (kind, name) = statement switch
        {
            LoneStatement.CreateShared create => (create.Kind, create.Name),
            LoneStatement.DropShared drop => (drop.Kind, drop.Name),
            _ => ("", ""),
        };
        var catalog = kind switch
        {
            "DATABASE" => "pg_catalog.pg_database WHERE datname",
            "TABLESPACE" => "pg_catalog.pg_tablespace WHERE spcname",
            _ => "pg_catalog.pg_stat_subscription WHERE subname",
        };
        await using var command = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM {catalog} = $1)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}
