using System.Collections.Immutable;
using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Importing;

/// <summary>What another tool's table says.</summary>
/// <param name="Applied">Versions or names, in the order they were applied; for golang-migrate the one it is at.</param>
/// <param name="Baseline">Flyway's: everything up to this version was there before it.</param>
/// <param name="Repeatables">Flyway's repeatable scripts that were run, by description.</param>
internal sealed record ForeignHistory(ImmutableArray<string> Applied, string? Baseline, ImmutableArray<string> Repeatables)
{
    /// <exception cref="ProblemException">SL5053 no such table; SL5054 the last run of that tool failed.</exception>
    public static async Task<ForeignHistory> ReadAsync(ForeignTool tool, NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        var table = $"{ServerConnection.Quote(schema)}.{ServerConnection.Quote(ForeignTools.TableOf(tool))}";
        try
        {
            return tool switch
            {
                ForeignTool.GolangMigrate => Golang(await RowsAsync($"SELECT version::text, dirty::text FROM {table}")),
                ForeignTool.Dbmate => new ForeignHistory([.. (await RowsAsync($"SELECT version::text FROM {table} ORDER BY 1")).Select(r => r[0]!)], null, []),
                ForeignTool.Flyway => Flyway(await RowsAsync($"SELECT version, description, type, success::text, script FROM {table} ORDER BY installed_rank")),
                ForeignTool.EfCore => new ForeignHistory([.. (await RowsAsync($"SELECT \"MigrationId\" FROM {table} ORDER BY 1")).Select(r => r[0]!)], null, []),
                _ => throw new UnreachableException(),
            };
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName)
        {
            throw new ProblemException(
                new Problem("SL5053", $"This is no database of {ForeignTools.NameOf(tool)}: {missing.MessageText}.")
                {
                    Remedies =
                    [
                        $"Its history would be in {table}. In another schema? Add ?schema=NAME to the address.",
                        "For a database without any history: sluice migrate baseline",
                    ],
                },
                missing);
        }

        async Task<List<string?[]>> RowsAsync(string query)
        {
            await using var command = new NpgsqlCommand(query, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var rows = new List<string?[]>();
            while (await reader.ReadAsync(cancellation))
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]);
            }

            return rows;
        }
    }

    /// <exception cref="ProblemException">SL5051: it was taken over before, and its table lies where ours would go.</exception>
    public static async Task RequireUntakenAsync(ForeignTool tool, NpgsqlConnection connection, CancellationToken cancellation)
    {
        var kept = ForeignTools.KeptAs(tool);
        var name = $"{ServerConnection.Quote(kept.Schema)}.{ServerConnection.Quote(kept.Name)}";
        await using var command = new NpgsqlCommand("SELECT pg_catalog.to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = name } } };
        if (await command.ExecuteScalarAsync(cancellation) is true)
        {
            throw new ProblemException(new Problem("SL5051", $"The history of {ForeignTools.NameOf(tool)} was taken over already, and is kept as {name}; nothing was changed.")
            {
                Remedies =
                [
                    "Where the database is now: sluice migrate status",
                    $"To take it over once more, after {ForeignTools.NameOf(tool)} went on in a table of its own: DROP TABLE {name}, and name an empty folder with --migrations DIR",
                ],
            });
        }
    }

    // One row at most: the version that the database is at.
    private static ForeignHistory Golang(List<string?[]> rows)
    {
        if (rows.FirstOrDefault(r => r[1] == "true") is { } dirty)
        {
            throw Failed(
                $"golang-migrate's version {dirty[0]} is dirty: it failed half way.",
                "Bring the database by hand to where that version leads, or to the one before, then say so: migrate force VERSION");
        }

        return new ForeignHistory([.. rows.Select(r => r[0]!)], null, []);
    }

    private static ForeignHistory Flyway(List<string?[]> rows)
    {
        if (rows.FirstOrDefault(r => r[3] == "false") is { } failed)
        {
            throw Failed($"Flyway's {failed[4]} failed half way.", "Clean up what it left in the database, then: flyway repair");
        }

        var applied = new List<string>();
        var repeatables = new List<string>();
        string? baseline = null;
        foreach (var (version, description, type) in rows.Select(r => (r[0], r[1] ?? "", r[2] ?? "")))
        {
            switch (version, type)
            {
                case (_, "SCHEMA"):
                    break;
                case (null, "DELETE"):
                    repeatables.Remove(description);
                    break;
                case (null, _):
                    repeatables.Remove(description);
                    repeatables.Add(description);
                    break;
                case (_, "BASELINE"):
                    baseline = version;
                    break;
                case (_, "DELETE") or (_, "UNDO_SQL"):
                    applied.Remove(version);
                    break;
                default:
                    applied.Add(version);
                    break;
            }
        }

        return new ForeignHistory([.. applied], baseline, [.. repeatables]);
    }

    private static ProblemException Failed(string message, string remedy) => new(new Problem("SL5054", message + " Which part of it is in the database, its history does not say, so nothing is taken over.")
    {
        Remedies = [remedy, "Then run this command again."],
    });
}
