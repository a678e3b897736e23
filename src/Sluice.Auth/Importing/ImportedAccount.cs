using System.Text.Json;

namespace Sluice.Auth.Importing;

/// <summary>An account as a line gives it; what is null was not given.</summary>
internal sealed record ImportedAccount(string Email)
{
    // An application's column may keep no more.
    private static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(1);

    public string? Id { get; init; }

    public string? Username { get; init; }

    public string? DisplayName { get; init; }

    public string? Role { get; init; }

    public string? PasswordHash { get; init; }

    /// <summary>An object of JSON, as text.</summary>
    public string? Metadata { get; init; }

    public bool? IsActive { get; init; }

    public bool? IsVerified { get; init; }

    /// <summary>Only for a verified address; without it the account's creation counts.</summary>
    public DateTime? VerifiedAt { get; init; }

    public DateTime? CreatedAt { get; init; }

    public DateTime? LastLoginAt { get; init; }

    /// <summary>Whether the account that is there is what this line would make. A password that was changed, or hashed anew, here is the account's.</summary>
    public bool IsThere(ExistingAccount there) =>
        Is(Id, there.Id) && Is(Username, there.Username) && (DisplayName ?? there.DisplayName) == there.DisplayName && (Role ?? there.Role) == there.Role
        && (IsActive ?? there.IsActive) == there.IsActive && (IsVerified ?? there.IsVerified) == there.IsVerified && ((CreatedAt ?? there.CreatedAt) - there.CreatedAt).Duration() <= Precision
        && (Metadata is null || (there.Metadata is not null && JsonElement.DeepEquals(JsonElement.Parse(Metadata), JsonElement.Parse(there.Metadata))))
        && ((PasswordHash ?? there.PasswordHash) == there.PasswordHash || HasSignedIn(there));

    // Ids and names as citext keeps them.
    private static bool Is(string? given, string? there) => given is null || string.Equals(given, there, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it gives what decides who gets in, and what they may.</summary>
    public bool ChangesAccess => Role is not null || PasswordHash is not null || IsActive is not null;

    /// <summary>The line without what is as it is already.</summary>
    public ImportedAccount Changing(ExistingAccount there) => this with
    {
        Role = Role == there.Role ? null : Role, PasswordHash = PasswordHash == there.PasswordHash ? null : PasswordHash, IsActive = IsActive == there.IsActive ? null : IsActive,
    };

    /// <summary>Whether its owner has signed in here, after what the line knows of.</summary>
    public bool HasSignedIn(ExistingAccount there) => there.LastLoginAt is { } here && !(here <= LastLoginAt);
}

/// <summary>The account that has the address already.</summary>
internal sealed record ExistingAccount(
    string Id, string Email, string? Username, string? DisplayName, string Role, string? PasswordHash, bool IsActive, bool IsVerified, DateTime CreatedAt, DateTime? LastLoginAt, string? Metadata, bool Administrates);
