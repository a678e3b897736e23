using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Sql;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Proving;

/// <summary>
/// Up, down and up again with rows in the tables: those that were there come back the same, but for what is declared lost;
/// those written after the first up are looked for in the archives and, after the second, in the tables. The shapes have been proved before.
/// </summary>
internal sealed class RowTrip(ShadowDatabase shadow, RunSettings settings, string migration, string up, string down)
{
    private readonly ImmutableArray<string> irreversible = DownScript.Irreversible(down);
    private readonly List<string> remarks = [];
    private NpgsqlConnection? session;

    /// <summary>Rows and all are left behind in the scratch database, for want of one transaction to roll back.</summary>
    public bool LeavesRows { get; } = !IsPlain(up) || !IsPlain(down);

    /// <summary>Begins, and where it leaves no rows ends, with the database as it is before the migration.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    public async Task<(string? Failure, RowsProof Rows)> RunAsync(CancellationToken cancellation)
    {
        session = await shadow.SessionAsync(cancellation);
        await ExecuteAsync("BEGIN", cancellation);
        var trip = await TripAsync(cancellation);
        if (!LeavesRows)
        {
            await ExecuteAsync("ROLLBACK", cancellation);
        }

        return trip;
    }

    private async Task<(string? Failure, RowsProof Rows)> TripAsync(CancellationToken cancellation)
    {
        var start = await shadow.ReadAsync(cancellation);
        await ExecuteAsync("SAVEPOINT empty", cancellation);
        var made = await new SampleRows(await shadow.SessionAsync(cancellation), start).FillAsync(Tables(start), cancellation);
        var before = await HashAsync(Tables(start), Kept, cancellation);
        await CommitRowsAsync(cancellation);
        if (await RunAsync(up, cancellation) is { } refusal)
        {
            remarks.Add($"where there are rows the migration is refused, so {(LeavesRows ? "none" : "only rows written after it")} were tried: {refusal}");
            if (LeavesRows)
            {
                return (null, Result([]));
            }

            await ExecuteAsync("ROLLBACK TO empty", cancellation);
            before = await HashAsync(Tables(start), Kept, cancellation);
            if (await RunAsync(up, cancellation) is not null)
            {
                return (null, Result([]));
            }
        }
        else
        {
            remarks.AddRange(made);
        }

        var middle = await shadow.ReadAsync(cancellation);
        await FillNewAsync(start, middle, cancellation);
        var common = Tables(middle).Where(t => Twin(start, t) is not null).ToList();
        var after = await HashAsync(common, t => Kept(t).Where(c => Twin(start, t)!.Column(c) is not null), cancellation);
        var written = await HashAsync(Tables(middle), t => New(start, t), cancellation);
        if (await RunAsync(down, cancellation) is { } failure)
        {
            remarks.Add($"where there are rows the down script is refused: {failure}");
            return (irreversible.IsEmpty ? $"With rows in the tables the down script fails: {failure}" : null, Result([]));
        }

        if (Difference(before, await HashAsync(Tables(start), Kept, cancellation)) is { } lost)
        {
            return ($"After the down script the rows are not what they were before, and no line `-- irreversible: …` says so: {lost}.", Result([]));
        }

        var archived = await ArchivedAsync(written, cancellation);
        if (await RunAsync(up, cancellation) is { } again)
        {
            remarks.Add($"where there are rows the migration is refused after the down script: {again}");
            return (null, Result(before));
        }

        if (Difference(after, await HashAsync(common, t => Kept(t).Where(c => Twin(start, t)!.Column(c) is not null), cancellation)) is { } other)
        {
            return ($"After down and up again the rows are not what they were after the first time: {other}.", Result(before));
        }

        var restored = await HashAsync(Tables(middle), t => New(start, t), cancellation);
        remarks.AddRange(written
            .Where(w => w.Hash.Rows > 0 && !archived.Contains(w.Table) && restored.First(r => r.Table == w.Table).Hash.Whole != w.Hash.Whole)
            .Select(w => $"what is written to {Named(start, w.Table, w.Hash)} after the migration is dropped by the down script and not kept"));
        return (null, Result(before.Concat(written)));
    }

    private async Task FillNewAsync(Database start, Database middle, CancellationToken cancellation)
    {
        var rows = new SampleRows(await shadow.SessionAsync(cancellation), middle);
        if (LeavesRows)
        {
            await ExecuteAsync("BEGIN", cancellation);
        }

        remarks.AddRange(await rows.FillAsync(Tables(middle).Where(t => Twin(start, t) is null), cancellation));
        foreach (var table in Tables(middle).Where(t => Twin(start, t) is not null))
        {
            remarks.AddRange(await rows.FillAsync(table, table.Columns.Items.Where(c => Twin(start, table)!.Column(c.Name) is null), cancellation));
        }

        await CommitRowsAsync(cancellation);
    }

    private Task CommitRowsAsync(CancellationToken cancellation) => LeavesRows ? ExecuteAsync("COMMIT", cancellation) : Task.CompletedTask;

    /// <summary>The tables whose rows and values, written after the migration, stand in an archive now.</summary>
    private async Task<HashSet<ObjectName>> ArchivedAsync(IEnumerable<(ObjectName Table, RowHash Hash)> written, CancellationToken cancellation)
    {
        var found = new HashSet<ObjectName>();
        foreach (var (table, hash) in written)
        {
            var archive = new ObjectName(ArchiveName.Schema, ArchiveName.Of(migration, isUp: false, table));
            await using var exists = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = $2)", await shadow.SessionAsync(cancellation));
            exists.Parameters.Add(new NpgsqlParameter { Value = archive.Schema });
            exists.Parameters.Add(new NpgsqlParameter { Value = archive.Name });
            if (await exists.ExecuteScalarAsync(cancellation) is true
                && (await RowHash.ReadAsync(await shadow.SessionAsync(cancellation), archive, hash.Order, cancellation)).Whole == hash.Whole)
            {
                found.Add(table);
            }
        }

        return found;
    }

    private async Task<ImmutableArray<(ObjectName Table, RowHash Hash)>> HashAsync(IEnumerable<Table> tables, Func<Table, IEnumerable<string>> columns, CancellationToken cancellation)
    {
        await shadow.SessionAsync(cancellation);
        var hashes = ImmutableArray.CreateBuilder<(ObjectName, RowHash)>();
        foreach (var table in tables)
        {
            if (columns(table).ToImmutableArray() is { IsEmpty: false } chosen)
            {
                hashes.Add((table.Name, await RowHash.ReadAsync(session!, table.Name, chosen, cancellation)));
            }
        }

        return hashes.ToImmutable();
    }

    private static string? Difference(ImmutableArray<(ObjectName Table, RowHash Hash)> expected, ImmutableArray<(ObjectName Table, RowHash Hash)> found)
    {
        var differences = expected.Zip(found, (e, f) => e.Hash.To(f.Hash) is { } difference ? $"`{e.Table.Name}` has {difference}" : null).OfType<string>().ToList();
        return differences.Count == 0 ? null : string.Join("; ", differences);
    }

    private async Task<string?> RunAsync(string script, CancellationToken cancellation)
    {
        if (LeavesRows)
        {
            return await shadow.RunAsync(script, cancellation) is { } failure ? RoundTrip.Describe(failure, settings) : null;
        }

        // Each script finds the session as new, also within the transaction.
        await shadow.SessionAsync(cancellation);
        foreach (var statement in StatementSplitter.Split(script))
        {
            try
            {
                // A batch is sent as it is; a command would be cut at the semicolons of a SQL-standard body.
                await using var batch = new NpgsqlBatch(session) { BatchCommands = { new NpgsqlBatchCommand(statement.Text(script)) } };
                await batch.ExecuteNonQueryAsync(cancellation);
            }
            catch (PostgresException refusal)
            {
                return $"{refusal.SqlState} {refusal.MessageText}";
            }
        }

        return null;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private RowsProof Result(IEnumerable<(ObjectName Table, RowHash Hash)> tried)
    {
        var filled = tried.Where(t => t.Hash.Rows > 0).ToList();
        return new RowsProof(filled.GroupBy(t => t.Table).Sum(t => t.Max(h => h.Hash.Rows)), filled.Select(t => t.Table).Distinct().Count(), [.. remarks]);
    }

    private IEnumerable<string> Kept(Table table) => table.Columns.Items.Select(c => c.Name).Where(c => !irreversible.Any(r => Names(r, table, c)));

    // A reason that names nothing in backquotes stands for everything; one that names a table alone, for all of it.
    private static bool Names(string reason, Table table, string column) =>
        !reason.Contains('`', StringComparison.Ordinal)
        || (reason.Contains($"`{table.Name.Name}`", StringComparison.Ordinal)
            && (reason.Contains($"`{column}`", StringComparison.Ordinal) || !table.Columns.Items.Any(c => reason.Contains($"`{c.Name}`", StringComparison.Ordinal))));

    private static IEnumerable<string> New(Database start, Table table) =>
        table.Columns.Items.Select(c => c.Name).Where(c => Twin(start, table)?.Column(c) is null);

    private static string Named(Database start, ObjectName table, RowHash hash) => start.Tables.Items.Any(t => t.Name == table)
        ? $"{string.Join(", ", hash.Order.Select(c => $"`{c}`"))} of `{table.Name}`"
        : $"the table `{table.Name}`";

    private static Table? Twin(Database database, Table table) => database.Tables.Items.FirstOrDefault(t => t.Name == table.Name);

    private static IEnumerable<Table> Tables(Database database) => database.Tables.Items.Where(OwnTables.Keep);

    private static bool IsPlain(string script) =>
        Segmentation.Of(script).IsOneTransaction && StatementSplitter.Split(script).All(s => s.Transaction is TransactionControl.None);
}
