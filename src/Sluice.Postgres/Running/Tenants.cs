using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>The tenants that a team's own query lists: databases of a server, or schemas of a database.</summary>
public static class Tenants
{
    private static readonly string[] Columns = ["name", "database", "schema", "ring"];

    /// <param name="query">Gives `database` or `schema`, or both; and `name` and `ring` where it knows them.</param>
    /// <exception cref="ProblemException">SL5151: the query fails, or gives something else. The connection problems.</exception>
    public static Task<ImmutableArray<Tenant>> ReadAsync(RunSettings settings, string query, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);

            // As JSON every type is read alike, and the columns tell their names.
            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands = { new("SET TRANSACTION READ ONLY"), new("SET LOCAL statement_timeout = '30s'"), new($"SELECT pg_catalog.to_jsonb(tenant)::text FROM (\n{query.TrimEnd().TrimEnd(';')}\n) AS tenant") },
            };
            try
            {
                await using var reader = await batch.ExecuteReaderAsync(cancellation);
                var tenants = ImmutableArray.CreateBuilder<Tenant>();
                while (await reader.ReadAsync(cancellation))
                {
                    tenants.Add(Read(reader.GetString(0)));
                }

                return tenants.ToImmutable();
            }
            catch (PostgresException refused)
            {
                throw new ProblemException(Wrong($"the server refuses it: {Redaction.Clean(refused.MessageText, settings.Address)}"), refused);
            }
        });

    private static Tenant Read(string row)
    {
        using var json = JsonDocument.Parse(row);
        var fields = json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        if (fields.Keys.FirstOrDefault(k => !Columns.Contains(k)) is { } other)
        {
            throw new ProblemException(Wrong($"it gives a column `{other}`"));
        }

        var (database, schema) = (Text("database"), Text("schema"));
        return (database ?? schema) is null
            ? throw new ProblemException(Wrong("a row of it names neither a database nor a schema"))
            : new Tenant(Text("name") ?? schema ?? database!, database, schema, fields.TryGetValue("ring", out var ring) && ring.ValueKind is JsonValueKind.Number ? ring.GetInt32() : null);

        string? Text(string name) => fields.TryGetValue(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
    }

    private static Problem Wrong(string why) => new("SL5151", $"`targets.query` of sluice.json lists no tenants: {why}.")
    {
        Remedies = ["Write a query with a column `schema` or `database`, and `name` and `ring` where they are known: SELECT schema_name AS schema, ring FROM tenants ORDER BY 1"],
    };
}

/// <param name="Database">Null for the one that was asked.</param>
/// <param name="Schema">Null for the address's own.</param>
/// <param name="Ring">Null where nobody has said one.</param>
public sealed record Tenant(string Name, string? Database, string? Schema, int? Ring);
