namespace Sluice.Auth.Settings;

/// <summary>Who may have an account (docs/auth-allowlist.md).</summary>
public sealed class AllowListOptions
{
    /// <summary>Whether nobody has an account, or signs in to one, who is not allowed. Off: everybody may.</summary>
    public bool Enabled { get; set; }

    /// <summary>For how long the link in an invitation holds.</summary>
    public TimeSpan InvitationLifetime { get; set; } = TimeSpan.FromDays(7);
}

/// <summary>What is wrong with the options of the allow-list.</summary>
internal static class AllowListCheck
{
    public static IEnumerable<string> Problems(AllowListOptions o)
    {
        if (o.InvitationLifetime < TimeSpan.FromHours(1) || o.InvitationLifetime > TimeSpan.FromDays(30))
        {
            yield return $"AllowList.InvitationLifetime is {o.InvitationLifetime}. Set seven days (an hour at least, thirty days at most).";
        }
    }
}
