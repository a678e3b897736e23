using System.Text.Json;

namespace Sluice.Cli.Projects;

/// <summary>The `prisma` key of package.json.</summary>
internal sealed record PackageJson(string? Schema, string? Seed)
{
    public static PackageJson None { get; } = new(null, null);

    public static PackageJson Find(string folder)
    {
        var path = Path.Combine(folder, "package.json");
        return File.Exists(path) ? Read(File.ReadAllBytes(path)) : None;
    }

    private static PackageJson Read(byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("prisma", out var prisma) && prisma.ValueKind is JsonValueKind.Object
                ? new PackageJson(Text(prisma, "schema"), Text(prisma, "seed"))
                : None;
        }
        catch (JsonException)
        {
            // Somebody else's file: a broken one must not keep this tool from working.
            return None;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
