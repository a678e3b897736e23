using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Postgres.Journal;

/// <summary>What happened to one statement.</summary>
/// <param name="Ordinal">From 1; 0 for the migration as a whole.</param>
/// <param name="Total">How many statements the file had.</param>
/// <param name="Hash">Of the statement's text; empty with ordinal 0.</param>
/// <param name="Duration">Null when it was sent together with the next one, or when the server is to measure it.</param>
/// <param name="Note">What was there before a statement that no transaction protects.</param>
internal sealed record JournalEntry(int Ordinal, int Total, string Hash, string Outcome, TimeSpan? Duration = null, string? Note = null)
{
    /// <summary>The migration was begun, and none of its statements yet.</summary>
    public const string Begun = "begun";

    /// <summary>Committed. Written in the statement's own transaction, or after it when it refuses one.</summary>
    public const string Done = "done";

    /// <summary>A statement that refuses a transaction is about to be sent.</summary>
    public const string Intent = "intent";

    public const string Failed = "failed";

    /// <summary>The attempt is given up; it is not to be continued.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>Of a statement's text, line ends aside: a checkout may change them.</summary>
    public static string HashOf(string statement) => Hex(statement.ReplaceLineEndings("\n"));

    public static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static string Chain(string previous, params ReadOnlySpan<string?> columns) => Hex(previous + Links(columns));

    /// <summary>Every column, none of which can hold the separator without escaping it from another.</summary>
    public static string Links(params ReadOnlySpan<string?> columns)
    {
        var text = new StringBuilder();
        foreach (var column in columns)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{column?.Length ?? -1}:{column}");
        }

        return text.ToString();
    }

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The server keeps microseconds.</summary>
    public static string Time(DateTimeOffset time) => Number((time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
}
