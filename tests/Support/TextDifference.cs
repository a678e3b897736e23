namespace Sluice.Tests.Support;

public static class TextDifference
{
    /// <summary>Null, or the first line that differs. Line breaks and blank ends do not count.</summary>
    public static string? First(string expected, string actual)
    {
        var (wanted, found) = (Conformance.Normalise(expected).Split('\n'), Conformance.Normalise(actual).Split('\n'));
        for (var i = 0; i < Math.Max(wanted.Length, found.Length); i++)
        {
            var (left, right) = (i < wanted.Length ? wanted[i] : "(end)", i < found.Length ? found[i] : "(end)");
            if (left != right)
            {
                return $"line {i + 1}: expected `{left}`, written `{right}`";
            }
        }

        return null;
    }

    /// <summary>The same for a text that is only written when asked, from a schema that may be refused.</summary>
    public static string? First(string expected, Func<string> write)
    {
        try
        {
            return First(expected, write());
        }
        catch (InvalidDataException refused)
        {
            return refused.Message;
        }
    }
}
