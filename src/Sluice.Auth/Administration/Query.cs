using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.Auth.Web;

namespace Sluice.Auth.Administration;

/// <summary>What stands behind the question mark, and the first thing that is wrong with it.</summary>
internal sealed class Query(IQueryCollection values)
{
    private const int LongestText = 254;
    private const int MostRows = 200;
    private const int FewRows = 50;

    public Refusal? Wrong { get; private set; }

    /// <summary>Null where it is left out, or empty.</summary>
    public string? Text(string name)
    {
        if (values[name].Count > 1)
        {
            Refuse($"{name} may be there once.");
        }

        var text = values[name].ToString();
        if (text.Length > LongestText || text.Contains('\0', StringComparison.Ordinal))
        {
            Refuse($"{name} has at most {LongestText} characters, and no NUL.");
        }

        return text.Length == 0 || Wrong is not null ? null : text;
    }

    public string? OneOf(string name, params string[] words)
    {
        var text = Text(name);
        if (text is not null && !words.Contains(text))
        {
            Refuse($"{name} is one of {string.Join(", ", words)}, or left out.");
        }

        return text;
    }

    public string? Id(string name, Func<string, bool> isId)
    {
        var text = Text(name);
        if (text is not null && !isId(text))
        {
            Refuse($"{name} is an id.");
        }

        return text;
    }

    public DateTime? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) || time.Year is < 1900 or > 9000)
        {
            Refuse($"{name} is a time, as 2026-11-21T12:00:00Z.");
        }

        return time.UtcDateTime;
    }

    public int Limit()
    {
        if (Text("limit") is not { } text)
        {
            return FewRows;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is < 1 or > MostRows)
        {
            Refuse($"limit is a number from 1 to {MostRows}.");
        }

        return limit;
    }

    /// <param name="list">What it must be a place of.</param>
    public Place? Cursor(Cursors cursors, string list)
    {
        var text = values["cursor"].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        var place = cursors.Read(list, text);
        if (place is null)
        {
            Wrong ??= new Refusal(400, "invalid_cursor", "The cursor is not of this list with these filters; begin again without one.");
        }

        return place;
    }

    private void Refuse(string message) => Wrong ??= Refusal.Invalid(message);
}
