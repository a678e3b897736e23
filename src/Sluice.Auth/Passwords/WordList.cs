using Sluice.Auth.Storage;

namespace Sluice.Auth.Passwords;

/// <summary>A file of ASCII words, one a line, in the order of their bytes: searched where it lies, so that fifty thousand words cost their letters and nothing more.</summary>
internal sealed class WordList(byte[] lines)
{
    public static WordList Embedded(string name) => new(System.Text.Encoding.ASCII.GetBytes(Storage.Embedded.Text(name)));

    public bool Holds(ReadOnlySpan<char> word)
    {
        var (low, high) = (0, lines.Length);
        while (low < high)
        {
            // The line that the middle falls into.
            var middle = (low + high) / 2;
            var start = lines.AsSpan(low, middle - low).LastIndexOf((byte)'\n') + 1 + low;
            var length = lines.AsSpan(start).IndexOf((byte)'\n');
            switch (Compare(word, lines.AsSpan(start, length)))
            {
                case 0:
                    return true;
                case < 0:
                    high = start;
                    break;
                default:
                    low = start + length + 1;
                    break;
            }
        }

        return false;
    }

    private static int Compare(ReadOnlySpan<char> word, ReadOnlySpan<byte> line)
    {
        for (var i = 0; i < Math.Min(word.Length, line.Length); i++)
        {
            if (word[i] != line[i])
            {
                return word[i] - line[i];
            }
        }

        return word.Length - line.Length;
    }
}
