using Microsoft.EntityFrameworkCore;

namespace EventPlatform;

/// <summary>A page of a list.</summary>
/// <param name="Next">Given as `after`, it brings the next page, however many are on this one; null on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

internal static class Pages
{
    public const int Largest = 200;
    public const int Usual = 50;

    public static int Size(int? limit) => Math.Clamp(limit ?? Usual, 1, Largest);

    /// <param name="query">In the order of ids, beginning behind the page before.</param>
    public static async Task<Page<T>> PageAsync<T>(this IQueryable<T> query, int? limit, Func<T, string> id, CancellationToken stop)
    {
        var size = Size(limit);
        var rows = await query.Take(size + 1).ToListAsync(stop);
        return rows.Count > size ? new Page<T>(rows[..size], id(rows[size - 1])) : new Page<T>(rows, null);
    }
}
