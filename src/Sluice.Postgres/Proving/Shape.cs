using System.Collections.Immutable;
using Npgsql;

namespace Sluice.Postgres.Proving;

/// <summary>
/// Everything that makes a database what it is, a line each: also what no catalog of ours knows (functions, triggers,
/// views, policies, grants, comments). Not the order of columns: one that comes back stands at the end.
/// Not the version of an extension either: it only goes up.
/// </summary>
internal sealed record Shape(ImmutableArray<string> Lines)
{
    public static async Task<Shape> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);

        // With an empty path the server writes every name with its schema.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET search_path = pg_catalog"));

        // The server takes the functions in it for dear and compiles it, which takes longer than all the rest.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET jit = off"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ShapeQueries.All));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var lines = ImmutableArray.CreateBuilder<string>();
        while (await reader.ReadAsync(cancellation))
        {
            lines.Add(reader.GetString(0));
        }

        return new Shape([.. lines.Order(StringComparer.Ordinal)]);
    }

    /// <summary>What <paramref name="found"/> lacks, and what it has beyond this one.</summary>
    public ShapeDifference To(Shape found)
    {
        var (mine, theirs) = (Lines.ToHashSet(StringComparer.Ordinal), found.Lines.ToHashSet(StringComparer.Ordinal));
        return new ShapeDifference([.. Lines.Where(l => !theirs.Contains(l))], [.. found.Lines.Where(l => !mine.Contains(l))]);
    }
}

/// <summary>How two databases differ, in words of the server.</summary>
public sealed record ShapeDifference(ImmutableArray<string> Missing, ImmutableArray<string> Extra)
{
    public static ShapeDifference None { get; } = new([], []);

    public bool IsEmpty => Missing.IsEmpty && Extra.IsEmpty;
}
