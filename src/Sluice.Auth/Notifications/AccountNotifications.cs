using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Notifications;

/// <summary>Notifications of the application's own, beside those of what happens to an account.</summary>
public sealed partial class AccountNotifications
{
    private const int LongestTitle = 200;
    private const int LongestData = 16 * 1024;

    private readonly AuthDatabase database;
    private readonly NotificationStore store;

    internal AccountNotifications(AuthDatabase database, NotificationStore store) => (this.database, this.store) = (database, store);

    /// <param name="userId">The account's id.</param>
    /// <param name="type">A word of the application's: `INVOICE_DUE`. At most 64 letters, digits, underscores, dots and hyphens, a letter first.</param>
    /// <param name="title">As it is shown; null where the type says enough.</param>
    /// <param name="data">What else the application shows of it, of at most 16 KiB. No secrets: it is kept as it is.</param>
    /// <returns>False where there is no such account.</returns>
    /// <exception cref="ArgumentException">That is no type, title or data.</exception>
    public async Task<bool> AddAsync(string userId, string type, string? title = null, JsonObject? data = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        ArgumentNullException.ThrowIfNull(type);
        if (!Type().IsMatch(type))
        {
            throw new ArgumentException("A type has at most 64 letters, digits, underscores, dots and hyphens, a letter first.", nameof(type));
        }

        if (title is not null && (title.Length is 0 or > LongestTitle || title.Any(char.IsControl)))
        {
            throw new ArgumentException($"A title has 1 to {LongestTitle} characters, and no control characters.", nameof(title));
        }

        if (data is not null && Problem(data) is { } problem)
        {
            throw new ArgumentException(problem, nameof(data));
        }

        if (!database.IsId(userId))
        {
            return false;
        }

        var adding = store.Adding(userId, type, title, data);
        await database.ChangeAsync([adding], null, () => [], cancellation);
        return adding.RecordsAffected == 1;
    }

    // What could not be read back would stand in the way of its owner's whole list; and PostgreSQL's jsonb refuses a NUL.
    private static string? Problem(JsonObject data)
    {
        try
        {
            var text = data.ToJsonString();
            _ = JsonElement.Parse(text);
            return text.Length > LongestData || text.Contains("\\u0000", StringComparison.OrdinalIgnoreCase) ? $"Data has at most {LongestData} characters, without NUL in it." : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return "Data is nested too deeply.";
        }
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex Type();
}
