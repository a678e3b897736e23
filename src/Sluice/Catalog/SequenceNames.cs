using System.Text;

namespace Sluice.Catalog;

/// <summary>The names that PostgreSQL gives to the sequences of SERIAL columns.</summary>
public static class SequenceNames
{
    private const int LongestName = 63;

    /// <summary>`table_column_seq`, where the longer of the two parts is cut until the whole fits into 63 bytes.</summary>
    public static string Of(string table, string column)
    {
        var (first, second) = (Encoding.UTF8.GetBytes(table), Encoding.UTF8.GetBytes(column));
        var available = LongestName - "__seq".Length;
        var (firstLength, secondLength) = (first.Length, second.Length);
        while (firstLength + secondLength > available)
        {
            if (firstLength > secondLength)
            {
                firstLength--;
            }
            else
            {
                secondLength--;
            }
        }

        return $"{Clip(first, firstLength)}_{Clip(second, secondLength)}_seq";
    }

    private static string Clip(byte[] text, int length)
    {
        // Never cut inside a character: continuation bytes start with the bits 10.
        while (length > 0 && length < text.Length && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return Encoding.UTF8.GetString(text, 0, length);
    }
}
