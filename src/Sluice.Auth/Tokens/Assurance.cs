namespace Sluice.Auth.Tokens;

/// <summary>How sure a session and its tokens are of who it is.</summary>
/// <param name="Level">Claim `aal`: `aal1`, or `aal2` when a second factor was shown (NIST SP 800-63B-4).</param>
/// <param name="Methods">Claim `amr`: what was shown, in the words of RFC 8176 with a space between.</param>
internal sealed record Assurance(string Level, string Methods)
{
    public const string Two = "aal2";

    public static Assurance Password { get; } = new("aal1", "pwd");

    /// <summary>By another provider's word. RFC 8176 has none for it; this is the one in use.</summary>
    public static Assurance Federated { get; } = new("aal1", "fed");

    public bool IsTwo => Level == Two;

    /// <summary>After a second factor was shown, too.</summary>
    public static Assurance Of(string first, string second) => new(Two, $"{first} {second} mfa");
}
