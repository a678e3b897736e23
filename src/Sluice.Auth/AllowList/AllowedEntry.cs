namespace Sluice.Auth.AllowList;

/// <summary>An address that may have an account, or a domain whose addresses may.</summary>
/// <param name="Entry">`ada@example.com`, or `@example.com`.</param>
/// <param name="AddedBy">The id of the account that added it; null from the command line.</param>
public sealed record AllowedEntry(string Entry, string? Reason, string? AddedBy, DateTimeOffset AddedAt);
