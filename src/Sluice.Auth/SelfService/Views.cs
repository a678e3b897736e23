using System.Text.Json.Serialization;
using Sluice.Auth.Notifications;

namespace Sluice.Auth.SelfService;

/// <summary>How somebody wants the application to look and to speak.</summary>
/// <param name="Theme">`LIGHT`, `DARK` or `SYSTEM`.</param>
/// <param name="Language">As BCP 47 writes it; null for the browser's.</param>
/// <param name="TimeZone">As IANA names it; null for the browser's.</param>
internal sealed record Preferences(string Theme, string? Language, string? TimeZone)
{
    /// <summary>Of who has chosen nothing.</summary>
    public static Preferences None { get; } = new("SYSTEM", null, null);
}

/// <summary>All of them: what is left out is as if it had never been chosen.</summary>
internal sealed record PreferencesRequest(string? Theme = null, string? Language = null, string? TimeZone = null);

/// <param name="Unread">Of all, not of this page.</param>
/// <param name="Next">The cursor of the page that follows; null at the end.</param>
internal sealed record NotificationList(List<NotificationView> Notifications, long Unread, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Preferences))]
[JsonSerializable(typeof(PreferencesRequest))]
[JsonSerializable(typeof(NotificationList))]
internal sealed partial class SelfServiceJson : JsonSerializerContext;
