using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventPlatform;

internal static class Json
{
    /// <summary>Times in UTC, which is what the database keeps; enums as the database spells them; a member that nobody knows is refused and not passed over.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.Converters.Add(new UtcTimes());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false));
    }

    public static JsonDocument? Document(JsonElement? value) => value is { } given ? JsonDocument.Parse(given.GetRawText()) : null;

    public static JsonElement? Element(JsonDocument? value) => value?.RootElement.Clone();

    private sealed class UtcTimes : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset().UtcDateTime;

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => writer.WriteStringValue(DateTime.SpecifyKind(value, DateTimeKind.Utc));
    }
}
