using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Recovery;

/// <summary>Brings one table of a recovered server back into the live database: restored and compared in one transaction, so that nobody sees it before it is right.</summary>
public static class TableReturn
{
    /// <exception cref="ProblemException">SL5144: the live database has such a table.</exception>
    public static Task RequireAbsentAsync(RunSettings live, string table, CancellationToken cancellation = default) =>
        Operation.RunAsync(live, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(live, live.Address, cancellation);
            await DirectSession.RequireAsync(connection, live.Address, cancellation);
            var names = (await TableNames.ReadAsync(connection, cancellation)).ToHashSet();
            foreach (var there in TableNames.Meanings(table, live.Address.Schema).Where(names.Contains))
            {
                throw Failed($"There is a table `{there.Schema}.{there.Name}` in \"{live.Address.Database}\"; nothing was changed.", $"Rename it first: ALTER TABLE {Sql(there)} RENAME TO …;");
            }

            return true;
        });

    /// <exception cref="ProblemException">SL5106 the recovered database has no such table, SL5144 it could not be brought back.</exception>
    public static Task<TableReturnResult> RunAsync(RunSettings live, RecoveredServer from, string table, CancellationToken cancellation = default) =>
        Operation.RunAsync(live, async () =>
        {
            await using var source = await ServerConnection.OpenAsync(from.Address, cancellation);
            await using var target = await RunSession.ConnectAsync(live, live.Address, cancellation);

            // No migration may be under way beside it.
            await AdvisoryLock.TakeAsync(target, live, cancellation);
            await RequirePlainAsync(source, table, live.Address.Schema, cancellation);
            var name = (await TableNames.InScopeAsync(source, new BackupScope.Tables([table]), live.Address.Schema, cancellation))!.Value[0];
            var tools = await DumpTools.RequireAsync(Math.Max(source.PostgreSqlVersion.Major, target.PostgreSqlVersion.Major), cancellation);
            using var folder = ScratchFolder.Create();
            var (script, check) = (folder.Of("table.sql"), folder.Of("check.sql"));
            var superuser = await IsSuperuserAsync(target, cancellation);
            string[] owners = superuser ? [] : ["--no-owner", "--no-privileges"];
            Require(await new DumpProcess(from.Address, tools).RunAsync(
                tools.PgDump, ["--no-password", "--format=plain", $"--table={Sql(name)}", $"--file={script}", .. owners], _ => { }, cancellation));
            var rows = await WriteCheckAsync(source, name, check, cancellation);
            var refused = new List<string>();
            var errors = await new DumpProcess(live.Address, tools).RunAsync(
                tools.Of("psql"),
                ["--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "--set=ON_ERROR_STOP=1", $"--file={script}", $"--file={check}"],
                line => refused.AddRange(line.Split("ERROR:  ").Skip(1)),
                cancellation);
            Require(refused is [] ? errors : [.. refused]);
            return new TableReturnResult(name, rows, await MissingAsync(source, target, name, cancellation))
            {
                Warnings =
                [
                    .. superuser ? [] : ImmutableArray.Create("It belongs to the connection's user, without the grants that it had: only a superuser can give them."),
                    .. await ViewsAsync(source, target, name, cancellation),
                ],
            };
        });

    private static async Task<long> WriteCheckAsync(NpgsqlConnection source, ObjectName table, string path, CancellationToken cancellation)
    {
        await using var transaction = await DatabaseContents.BeginAsync(source, cancellation);
        var rows = await DatabaseContents.HashAsync(source, table, cancellation);
        await File.WriteAllTextAsync(
            path,
            $"""
            {DatabaseContents.Settings};
            DO $sluice$
            BEGIN
              IF (SELECT ROW(n, h)::text FROM ({await DatabaseContents.RowQueryAsync(source, table, cancellation)}) AS r(n, h)) IS DISTINCT FROM (ROW({rows.Rows}, '{rows.Hash}')::text) THEN
                RAISE EXCEPTION 'restored, its rows are not those of that moment';
              END IF;
            END $sluice$;
            """,
            cancellation);
        return rows.Rows;
    }

    // Others' foreign keys went with the table, and are no part of it.
    private static async Task<ImmutableArray<string>> MissingAsync(NpgsqlConnection source, NpgsqlConnection target, ObjectName table, CancellationToken cancellation)
    {
        var there = await ReferencesAsync(target, table, cancellation);
        return [.. (await ReferencesAsync(source, table, cancellation)).Except(there)];
    }

    private static Task<ImmutableArray<string>> ReferencesAsync(NpgsqlConnection connection, ObjectName table, CancellationToken cancellation)
    {
        return LinesAsync(
            connection,
            """
            SELECT pg_catalog.format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s;', n.nspname, c.relname, r.conname, pg_catalog.pg_get_constraintdef(r.oid))
            FROM pg_catalog.pg_constraint r JOIN pg_catalog.pg_class c ON c.oid = r.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE r.contype = 'f' AND r.conparentid = 0::oid AND r.confrelid = $1::regclass::oid AND r.conrelid <> r.confrelid
            ORDER BY 1
            """,
            Sql(table),
            cancellation);
    }

    private static async Task<ImmutableArray<string>> LinesAsync(NpgsqlConnection connection, string sql, string table, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = table });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var statements = ImmutableArray.CreateBuilder<string>();
        while (await reader.ReadAsync(cancellation))
        {
            statements.Add(reader.GetString(0));
        }

        return statements.ToImmutable();
    }

    // They went with it by CASCADE, and are no part of it either.
    private static async Task<ImmutableArray<string>> ViewsAsync(NpgsqlConnection source, NpgsqlConnection target, ObjectName table, CancellationToken cancellation)
    {
        const string Views =
            """
            SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, v.relname)
            FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid JOIN pg_catalog.pg_class v ON v.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
            WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass::oid AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid AND d.refobjid = $1::regclass::oid AND v.oid <> d.refobjid
            ORDER BY 1
            """;
        var there = await LinesAsync(target, Views, Sql(table), cancellation);
        return [.. (await LinesAsync(source, Views, Sql(table), cancellation)).Except(there).Select(v => $"The view {v}, which used it, is not there.")];
    }

    private static async Task RequirePlainAsync(NpgsqlConnection source, string table, string schema, CancellationToken cancellation)
    {
        foreach (var name in TableNames.Meanings(table, schema))
        {
            if (await LinesAsync(source, "SELECT 'partitioned' FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)::oid AND relkind = 'p'", Sql(name), cancellation) is not [])
            {
                throw Failed($"`{name.Schema}.{name.Name}` is partitioned; its parts do not come back one by one.", "Bring the database beside the live one, and copy from there: `--into NAME` instead of --table");
            }
        }
    }

    private static async Task<bool> IsSuperuserAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user", connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private static string Sql(ObjectName name) => $"{ServerConnection.Quote(name.Schema)}.{ServerConnection.Quote(name.Name)}";

    private static void Require(ImmutableArray<string> errors)
    {
        if (!errors.IsEmpty)
        {
            throw Failed($"The table was not brought back: {string.Join('\n', errors.Take(5))}", "What it is made of must be there: its schema, types, and the roles that it names.");
        }
    }

    private static ProblemException Failed(string what, params string[] remedies) => new(new Problem("SL5144", what) { Remedies = [.. remedies] });
}

/// <param name="Missing">Foreign keys of other tables that referred to it and are not there now, as statements.</param>
public sealed record TableReturnResult(ObjectName Table, long Rows, ImmutableArray<string> Missing)
{
    /// <summary>What else is not as it was.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}
