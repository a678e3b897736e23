using System.Text.Json.Serialization;

namespace Sluice.Auth.Mail;

/// <summary>Something to be written to somebody.</summary>
/// <param name="Template">One of <see cref="LetterKind"/>.</param>
/// <param name="Expires">After which it is of no use, and is not sent any more.</param>
/// <param name="Values">What the template is filled with; sealed until it was sent.</param>
internal sealed record Letter(string Template, string To, string? UserId, string Culture, DateTime Expires, Dictionary<string, string> Values);

/// <summary>Whose an address must be when the statement runs, for a letter to be written.</summary>
internal enum Addressee
{
    /// <summary>An account that may sign in.</summary>
    Account,

    /// <summary>One that still has to confirm it.</summary>
    Unconfirmed,
    Confirmed,

    /// <summary>One that signed in before.</summary>
    SignedInBefore,

    /// <summary>None, and it may have one.</summary>
    Nobody,
}

/// <summary>A letter that is due.</summary>
/// <param name="Bounces">Mails that came back from its address of late.</param>
internal sealed record DueLetter(string Id, string To, string Template, string Culture, byte[]? Content, int Attempts, DateTime Expires, long Bounces);

/// <summary>The templates, and what each may and must say.</summary>
internal static class LetterKind
{
    /// <summary>To a new account: its link, and its code.</summary>
    public const string Confirm = "confirm";

    /// <summary>Somebody registered an address that has an account.</summary>
    public const string Known = "known";

    /// <summary>The user name of a registration is another's.</summary>
    public const string NameTaken = "name-taken";
    public const string Reset = "reset";
    public const string PasswordChanged = "password-changed";

    /// <summary>To both addresses of a change.</summary>
    public const string ChangeOld = "change-old";
    public const string ChangeNew = "change-new";

    /// <summary>To the address that was.</summary>
    public const string Changed = "changed";
    public const string NewSignIn = "new-sign-in";
    public const string NewCountry = "new-country";
    public const string SessionStolen = "session-stolen";
    public const string FactorsChanged = "factors-changed";
    public const string RecoveryCodeUsed = "recovery-code-used";
    public const string IdentitiesChanged = "identities-changed";

    /// <summary>To an address that may have an account.</summary>
    public const string Invite = "invite";

    /// <summary>Beside `product`, which all of them know. Those in front must be said.</summary>
    public static IReadOnlyDictionary<string, (string[] Must, string[] May)> All { get; } = new Dictionary<string, (string[], string[])>(StringComparer.Ordinal)
    {
        [Confirm] = (["link"], ["code", "hours", "minutes"]),
        [Known] = ([], []),
        [NameTaken] = (["name"], []),
        [Reset] = (["link"], ["minutes"]),
        [PasswordChanged] = ([], ["time", "ip", "device"]),
        [ChangeOld] = (["link", "address"], ["hours"]),
        [ChangeNew] = (["link"], ["hours"]),
        [Changed] = ([], ["address", "time"]),
        [NewSignIn] = ([], ["time", "ip", "device", "country"]),
        [NewCountry] = (["country"], ["time", "ip", "device"]),
        [SessionStolen] = ([], ["time", "ip", "device"]),
        [FactorsChanged] = ([], ["time", "ip", "device"]),
        [RecoveryCodeUsed] = ([], ["time", "ip", "device"]),
        [Invite] = (["link"], ["until"]),
        [IdentitiesChanged] = ([], ["time", "ip", "device"]),
    };
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class LetterJson : JsonSerializerContext;
