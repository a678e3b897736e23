using System.Globalization;

namespace Sluice.Postgres.Reading;

/// <summary>SQL that tells what rows hold in a few digits: a sum of their hashes, because their order does not matter and how often one occurs does.</summary>
internal static class RowDigest
{
    /// <param name="row">`ROW(…)`; the text of its values depends on the session's settings.</param>
    public static string Of(string row) => $"pg_catalog.encode(pg_catalog.sha256(pg_catalog.textsend({row}::text)), 'hex')";

    /// <summary>Over all rows; each half of a digest adds 64 bits of its own.</summary>
    public static string Sum(string digest, int half = 0) =>
        string.Create(CultureInfo.InvariantCulture, $"coalesce(pg_catalog.sum(('x' || pg_catalog.substr({digest}, {1 + (16 * half)}, 16))::bit(64)::bigint), 0)");
}
