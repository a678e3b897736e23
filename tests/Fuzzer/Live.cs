using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Postgres.Reading;
using Sluice.Sql;
using Sluice.Tests.Support;
using Sluice.Text;

namespace Sluice.Fuzzer;

/// <summary>The database has the last word: what is written, applied and read back leaves nothing to do.</summary>
internal static class Live
{
    /// <summary>Null on <paramref name="from"/> stands for the empty database. Null is also the answer where the server refuses what both engines write.</summary>
    public static async Task<Disagreement?> RoundTripAsync(Oracle oracle, string? from, string to)
    {
        if (oracle.Diff(from, to) is not { } theirs)
        {
            return null;
        }

        await using var database = await TestDatabase.CreateAsync("CREATE EXTENSION citext; CREATE EXTENSION hstore");
        await using var connection = await database.Source.OpenConnectionAsync();
        if (from is not null && await ApplyAsync(connection, Check.Script(null, from)) is not null)
        {
            return null;
        }

        var before = from is null ? Database.Empty : await ReadAsync(connection, from, to);
        var script = Migration.Script(before, Check.Catalog(to));
        if (await ApplyAsync(connection, script) is { } refusal)
        {
            return Check.SameSql(theirs, Check.Script(from, to)) is null
                ? null
                : new("refused", $"refused: {Check.Anonymous(refusal.MessageText)}", "", $"{script}\n{refusal.MessageText}");
        }

        var left = Migration.Script(await ReadAsync(connection, from, to), Check.Catalog(to));
        return left.Length == 0 ? null : new("left over", $"left over: {Check.Anonymous(left.Split('\n')[1])}", "", $"{script}\n=== left over\n{left}");
    }

    /// <summary>The warnings at the head of a migration file.</summary>
    public static async Task<Disagreement?> DataLossAsync(Oracle oracle, string from, string to)
    {
        if (oracle.Migration(from, to, "select 1") is not { } answer || !answer.TryGetProperty("migrationScript", out var written))
        {
            return null;
        }

        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await database.Source.OpenConnectionAsync();
        if (await ApplyAsync(connection, Check.Script(null, from)) is not null)
        {
            return null;
        }

        var plan = Migration.Plan(await ReadAsync(connection, from, to), Check.Catalog(to));
        var header = DataLoss.Header(DataLoss.Evaluate(DataLoss.Checks(plan), DataCounts.Unknown));
        return Check.SameSql(written.GetString()!, header + SqlWriter.Write(plan));
    }

    private static async Task<Database> ReadAsync(NpgsqlConnection connection, string? from, string to)
    {
        await connection.ReloadTypesAsync();
        string[] schemas = [.. Schemas(from).Concat(Schemas(to)).Distinct(StringComparer.Ordinal)];
        return await CatalogReader.ReadAsync(connection, "public", schemas);
    }

    private static ImmutableArray<string> Schemas(string? schema) =>
        schema is null ? [] : Migration.Read(new SourceText("schema.prisma", schema)).Value.Datasource?.Schemas.Items ?? [];

    private static async Task<PostgresException?> ApplyAsync(NpgsqlConnection connection, string script)
    {
        foreach (var statement in Statements(script))
        {
            try
            {
                await using var command = new NpgsqlCommand(statement, connection);
                await command.ExecuteNonQueryAsync();
            }
            catch (PostgresException refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>One statement at a time: a new enum value cannot be used in the transaction that adds it.</summary>
    private static IEnumerable<string> Statements(string script)
    {
        var start = 0;
        var quote = '\0';
        for (var i = 0; i < script.Length; i++)
        {
            var c = script[i];
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '\'' or '"')
            {
                quote = c;
            }
            else if (c == '-' && i + 1 < script.Length && script[i + 1] == '-')
            {
                i = script.IndexOf('\n', i);
                i = i < 0 ? script.Length : i;
            }
            else if (c == ';')
            {
                yield return script[start..i];
                start = i + 1;
            }
        }
    }
}
