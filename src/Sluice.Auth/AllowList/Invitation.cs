namespace Sluice.Auth.AllowList;

/// <summary>What became of an invitation.</summary>
public enum Invitation
{
    /// <summary>The link is in the mail.</summary>
    Sent,

    /// <summary>It is no address, or the reason is too long.</summary>
    NoAddress,

    /// <summary>There is an account: allow it instead.</summary>
    HasAccount,

    /// <summary>No mail can be sent here.</summary>
    NoMail,
}
