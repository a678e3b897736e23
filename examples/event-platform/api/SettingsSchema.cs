using System.Text.Json;
using System.Text.RegularExpressions;

namespace EventPlatform;

/// <summary>
/// The part of JSON Schema 2020-12 that manifests and settings need: type, properties, required, additionalProperties (true or false), items,
/// enum, minimum, maximum, minLength, maxLength, maxItems, pattern, description. A schema with another word is refused, so that nothing in it goes unheard.
/// </summary>
internal sealed class SettingsSchema
{
    private const int Deepest = 16;

    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    private readonly JsonElement schema;

    private SettingsSchema(JsonElement schema) => this.schema = schema;

    /// <summary>What a manifest must be.</summary>
    public static SettingsSchema Manifest { get; } = Read(
        JsonDocument.Parse("""
            {
              "type": "object",
              "required": ["entry"],
              "additionalProperties": false,
              "properties": {
                "entry": { "type": "string", "pattern": "^/", "maxLength": 200, "description": "Where the app's page is." },
                "permissions": { "type": "array", "maxItems": 20, "items": { "type": "string", "pattern": "^[a-z]+[.](read|write)$" } },
                "settings": { "type": "object", "description": "A schema of what a room of this app may set." }
              }
            }
            """).RootElement, out _)!;

    /// <param name="wrong">What is no schema that is understood here.</param>
    public static SettingsSchema? Read(JsonElement schema, out string? wrong) => (wrong = Misread(schema, "", 0)) is null ? new SettingsSchema(schema.Clone()) : null;

    /// <returns>What of a value is not as it says; null when all is.</returns>
    public string? Check(JsonElement value) => Check(schema, value, "", 0);

    private static string? Misread(JsonElement schema, string at, int depth)
    {
        if (schema.ValueKind is not JsonValueKind.Object || depth > Deepest)
        {
            return $"{at} is no schema, or nested more than {Deepest} deep";
        }

        foreach (var word in schema.EnumerateObject())
        {
            var isUnderstood = word.Name switch
            {
                "type" => Types.Contains(word.Value.ValueKind is JsonValueKind.String ? word.Value.GetString() : null),
                "required" => word.Value.ValueKind is JsonValueKind.Array && word.Value.EnumerateArray().All(n => n.ValueKind is JsonValueKind.String),
                "additionalProperties" => word.Value.ValueKind is JsonValueKind.True or JsonValueKind.False,
                "enum" => word.Value.ValueKind is JsonValueKind.Array,
                "minimum" or "maximum" => word.Value.ValueKind is JsonValueKind.Number,
                "minLength" or "maxLength" or "maxItems" => word.Value.ValueKind is JsonValueKind.Number && word.Value.TryGetInt32(out _),
                "pattern" => word.Value.ValueKind is JsonValueKind.String && Pattern(word.Value.GetString()!) is not null,
                "description" or "title" => word.Value.ValueKind is JsonValueKind.String,
                "properties" => word.Value.ValueKind is JsonValueKind.Object,
                "items" => true,
                _ => false,
            };
            if (!isUnderstood)
            {
                return $"{at}/{word.Name} is not understood";
            }

            var inner = word.Name switch
            {
                "properties" => word.Value.EnumerateObject().Select(p => Misread(p.Value, $"{at}/{p.Name}", depth + 1)).FirstOrDefault(w => w is not null),
                "items" => Misread(word.Value, $"{at}/items", depth + 1),
                _ => null,
            };
            if (inner is not null)
            {
                return inner;
            }
        }

        return null;
    }

    private static string? Check(JsonElement schema, JsonElement value, string at, int depth)
    {
        if (depth > Deepest)
        {
            return $"{at} is nested more than {Deepest} deep";
        }

        if (Text(schema, "type") is { } type && !Is(value, type))
        {
            return $"{(at.Length == 0 ? "it" : at)} must be of type {type}";
        }

        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(v => JsonElement.DeepEquals(v, value)))
        {
            return $"{at} must be one of {values.GetRawText()}";
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => CheckMembers(schema, value, at, depth),
            JsonValueKind.Array => CheckItems(schema, value, at, depth),
            JsonValueKind.String => CheckText(schema, value.GetString()!, at),
            JsonValueKind.Number => CheckNumber(schema, value.GetDouble(), at),
            _ => null,
        };
    }

    private static string? CheckMembers(JsonElement schema, JsonElement value, string at, int depth)
    {
        if (schema.TryGetProperty("required", out var required) && required.EnumerateArray().Select(n => n.GetString()!).FirstOrDefault(n => !value.TryGetProperty(n, out _)) is { } missing)
        {
            return $"{at}/{missing} is missing";
        }

        var isClosed = schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind is JsonValueKind.False;
        foreach (var member in value.EnumerateObject())
        {
            var isKnown = schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(member.Name, out _);
            if (!isKnown && isClosed)
            {
                return $"{at}/{member.Name} is not known";
            }

            if (isKnown && Check(properties.GetProperty(member.Name), member.Value, $"{at}/{member.Name}", depth + 1) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static string? CheckItems(JsonElement schema, JsonElement value, string at, int depth) =>
        Number(schema, "maxItems") is { } most && value.GetArrayLength() > most ? $"{at} has more than {most} items"
        : schema.TryGetProperty("items", out var items) ? value.EnumerateArray().Select((v, i) => Check(items, v, $"{at}/{i}", depth + 1)).FirstOrDefault(w => w is not null)
        : null;

    private static string? CheckText(JsonElement schema, string value, string at) =>
        Number(schema, "minLength") is { } least && value.Length < least ? $"{at} is shorter than {least}"
        : Number(schema, "maxLength") is { } most && value.Length > most ? $"{at} is longer than {most}"
        : Text(schema, "pattern") is { } pattern && !Pattern(pattern)!.IsMatch(value) ? $"{at} must match {pattern}"
        : null;

    private static string? CheckNumber(JsonElement schema, double value, string at) =>
        Number(schema, "minimum") is { } least && value < least ? $"{at} is less than {least}"
        : Number(schema, "maximum") is { } most && value > most ? $"{at} is more than {most}"
        : null;

    private static bool Is(JsonElement value, string type) => (type, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null) or ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => value.GetDouble() % 1 == 0,
        _ => false,
    };

    private static string? Text(JsonElement schema, string word) => schema.TryGetProperty(word, out var value) ? value.GetString() : null;

    private static double? Number(JsonElement schema, string word) => schema.TryGetProperty(word, out var value) ? value.GetDouble() : null;

    /// <returns>Null for a pattern that cannot be matched in time that grows with the text alone.</returns>
    private static Regex? Pattern(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception no) when (no is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
