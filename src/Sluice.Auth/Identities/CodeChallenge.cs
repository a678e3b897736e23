using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Identities;

/// <summary>PKCE with S256 (RFC 7636): towards providers with verifiers of ours, towards applications with theirs.</summary>
internal static class CodeChallenge
{
    private const int Length = 43;
    private const int LongestVerifier = 128;

    public static string Of(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>Whether a text can be one at all.</summary>
    public static bool IsOne(string text) => text.Length == Length && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    public static bool Fits(string challenge, string verifier) =>
        verifier.Length is >= Length and <= LongestVerifier && verifier.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(verifier)), Encoding.ASCII.GetBytes(challenge));
}
