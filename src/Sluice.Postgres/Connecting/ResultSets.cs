using System.Collections.Immutable;
using Npgsql;

namespace Sluice.Postgres.Connecting;

/// <summary>The answers to questions that were sent together, one after the other.</summary>
internal static class ResultSets
{
    /// <summary>Every row of the next answer.</summary>
    public static async Task<ImmutableArray<T>> NextRowsAsync<T>(this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> row, CancellationToken cancellation)
    {
        await reader.NextResultAsync(cancellation);
        var rows = ImmutableArray.CreateBuilder<T>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(row(reader));
        }

        return rows.ToImmutable();
    }
}
