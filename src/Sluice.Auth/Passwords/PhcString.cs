using System.Globalization;

namespace Sluice.Auth.Passwords;

/// <summary>`$name$v=19$m=19456,t=2,p=1$salt$hash`: the password hashing competition's way to keep a hash with all that is needed to check it.</summary>
internal sealed record PhcString(string Name, int? Version, IReadOnlyDictionary<string, int> Parameters, byte[] Salt, byte[] Hash)
{
    private const int Longest = 512;

    /// <returns>Null for what is not in this form.</returns>
    public static PhcString? Parse(string text)
    {
        var parts = text.Split('$');
        if (text.Length > Longest || parts.Length is < 5 or > 6 || parts[0].Length > 0)
        {
            return null;
        }

        int? version = null;
        if (parts.Length == 6)
        {
            if (!parts[2].StartsWith("v=", StringComparison.Ordinal) || Number(parts[2][2..]) is not { } found)
            {
                return null;
            }

            version = found;
        }

        var parameters = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var pair in parts[^3].Split(','))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (Number(pair[(equals + 1)..]) is not { } number || !parameters.TryAdd(pair[..Math.Max(0, equals)], number))
            {
                return null;
            }
        }

        return FromBase64(parts[^2]) is { } salt && FromBase64(parts[^1]) is { Length: > 0 } hash
            ? new PhcString(parts[1], version, parameters, salt, hash)
            : null;
    }

    public int this[string parameter] => Parameters.GetValueOrDefault(parameter, -1);

    /// <summary>Whether it has these parameters and no other: one that is not understood could change the hash.</summary>
    public bool HasOnly(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!Parameters.ContainsKey(name))
            {
                return false;
            }
        }

        return Parameters.Count == names.Length;
    }

    public static string ToBase64(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>With or without its padding, and with passlib's dot for the plus sign.</summary>
    public static byte[]? FromBase64(string text)
    {
        var padded = text.Replace('.', '+').PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out var written) ? bytes[..written] : null;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
