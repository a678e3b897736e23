using System.Text;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Migrations;

/// <summary>The text in a script file, or what is wrong with its bytes.</summary>
public static class ScriptText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <param name="name">What messages call the script.</param>
    /// <exception cref="ProblemException">SL5001: not UTF-8, or holding a NUL, which no PostgreSQL text can.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw Unreadable(name, "it is saved as UTF-16", "Save the file as UTF-8.");
        }

        // A byte order mark is part of the file, and of its checksum, but no SQL.
        var text = bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes[3..] : bytes;
        var nul = text.IndexOf((byte)0);
        if (nul >= 0)
        {
            throw Unreadable(name, $"line {Line(text, nul)} holds a NUL character", "Remove the NUL (a character of value zero): no text in PostgreSQL can hold one. Is this a text file at all?");
        }

        try
        {
            return Strict.GetString(text);
        }
        catch (DecoderFallbackException broken)
        {
            throw Unreadable(name, $"line {Line(text, Math.Clamp(broken.Index, 0, text.Length))} holds bytes that are no UTF-8", "Save the file as UTF-8; it seems to be in another encoding, such as Windows-1252 or Latin-1.");
        }
    }

    private static int Line(ReadOnlySpan<byte> text, int position) => text[..position].Count((byte)'\n') + 1;

    private static ProblemException Unreadable(string name, string why, string remedy) => new(new Problem("SL5001", $"{name} cannot be read: {why}.")
    {
        Remedies = [remedy],
    });
}
