using Sluice.Auth.Accounts;

namespace Sluice.Auth.AllowList;

/// <summary>What stands on the list: an address, or a domain with its @ in front, kept and compared as addresses of accounts are.</summary>
internal static class Entry
{
    /// <returns>Null for what is neither.</returns>
    public static string? Read(string text)
    {
        var normal = Identifiers.Normal(text);
        return Identifiers.IsEmail(IsDomain(normal) ? "someone" + normal : normal) ? normal : null;
    }

    public static bool IsDomain(string entry) => entry.StartsWith('@');
}
