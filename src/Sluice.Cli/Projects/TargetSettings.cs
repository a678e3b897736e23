using System.Collections.Immutable;
using System.Text.Json;

namespace Sluice.Cli.Projects;

/// <summary>`targets` of sluice.json: `[{"name": "eu", "env": "EU_URL", "ring": 1}]`, or `{"query": "SELECT schema FROM tenants", "rings": [1, 10]}`.</summary>
/// <param name="Rings">How many targets each ring has, where they say no ring themselves; the rest comes last.</param>
internal sealed record TargetSettings(ImmutableArray<ListedTarget> List, string? Query, ImmutableArray<int> Rings)
{
    private const string Example = "Write a list, [{\"name\": \"eu\", \"env\": \"EU_DATABASE_URL\", \"ring\": 1}], or {\"query\": \"SELECT schema FROM tenants\", \"rings\": [1, 10]}";

    /// <param name="wrong">Makes the error of what is wrong and what to write instead.</param>
    public static TargetSettings Read(JsonElement json, Func<string, string, StopException> wrong)
    {
        if (json.ValueKind is JsonValueKind.Array)
        {
            return new TargetSettings(ReadList(json, wrong), null, []);
        }

        if (json.ValueKind is not JsonValueKind.Object)
        {
            throw wrong("`targets` is neither a list nor an object", Example);
        }

        var settings = new TargetSettings([], null, []);
        foreach (var property in json.EnumerateObject())
        {
            settings = (property.Name, property.Value.ValueKind) switch
            {
                ("list", JsonValueKind.Array) => settings with { List = ReadList(property.Value, wrong) },
                ("query", JsonValueKind.String) => settings with { Query = property.Value.GetString() },
                ("rings", JsonValueKind.Array) => settings with { Rings = [.. property.Value.EnumerateArray().Select(n => Size(n, wrong))] },
                _ => throw wrong($"`targets.{property.Name}` is no setting, or is written otherwise", Example),
            };
        }

        return (settings.Query is null) == settings.List.IsEmpty ? throw wrong("`targets` says both a list and a query, or neither", Example) : settings;
    }

    private static int Size(JsonElement size, Func<string, string, StopException> wrong) =>
        size.ValueKind is JsonValueKind.Number && size.TryGetInt32(out var number) && number > 0 ? number : throw wrong($"`targets.rings` has {Kind(size)}", "Write how many targets each ring has: [1, 10]; the rest comes last.");

    private static ImmutableArray<ListedTarget> ReadList(JsonElement list, Func<string, string, StopException> wrong) =>
        [.. list.EnumerateArray().Select((element, at) => ReadTarget(element, at + 1, wrong))];

    // An address may hold a password: what is wrong is said by its place, and never by its text.
    private static ListedTarget ReadTarget(JsonElement json, int place, Func<string, string, StopException> wrong)
    {
        var target = new ListedTarget("", null, null, null);
        if (json.ValueKind is not JsonValueKind.Object)
        {
            throw wrong($"target {place} of `targets` is no object", Example);
        }

        foreach (var property in json.EnumerateObject())
        {
            target = (property.Name, property.Value.ValueKind) switch
            {
                ("name", JsonValueKind.String) => target with { Name = property.Value.GetString()! },
                ("url", JsonValueKind.String) => target with { Url = property.Value.GetString() },
                ("env", JsonValueKind.String) => target with { Variable = property.Value.GetString() },
                ("ring", JsonValueKind.Number) when property.Value.TryGetInt32(out var ring) => target with { Ring = ring },
                _ => throw wrong($"`{property.Name}` of target {place} of `targets` is no setting, or is written otherwise", "A target has `name`, `url` or `env`, and perhaps `ring`, a whole number."),
            };
        }

        return target.Name.Length == 0 || (target.Url is null) == (target.Variable is null)
            ? throw wrong($"target {place} of `targets` has no name, or not one of `url` and `env`", "Give each a name, and the variable that holds its address: {\"name\": \"eu\", \"env\": \"EU_DATABASE_URL\"}")
            : target;
    }

    private static string Kind(JsonElement element) => element.ValueKind is JsonValueKind.Number ? element.GetRawText() : element.ValueKind.ToString().ToLowerInvariant();
}

/// <param name="Variable">Holds the address in place of <paramref name="Url"/>.</param>
internal sealed record ListedTarget(string Name, string? Url, string? Variable, int? Ring);
