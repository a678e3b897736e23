using System.Data.Common;

namespace Sluice.Auth.Storage;

/// <summary>A row's columns as the rest of the house has them: without DBNull, times in UTC.</summary>
internal static class Row
{
    public static string? TextOrNull(this DbDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);

    // A `timestamp` column of an application's own table holds UTC, too.
    public static DateTime Utc(this DbDataReader row, int at) => DateTime.SpecifyKind(row.GetDateTime(at), DateTimeKind.Utc);

    public static DateTime? UtcOrNull(this DbDataReader row, int at) => row.IsDBNull(at) ? null : row.Utc(at);
}
