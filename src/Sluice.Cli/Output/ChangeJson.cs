using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Diff;

namespace Sluice.Cli.Output;

/// <summary>Changes for machines.</summary>
internal static class ChangeJson
{
    public static void Write(Utf8JsonWriter json, string name, ImmutableArray<Change> changes)
    {
        json.WriteStartArray(name);
        foreach (var change in changes)
        {
            var line = ChangeLine.Of(change);
            json.WriteStartObject();
            json.WriteString("change", change.GetType().Name);
            json.WriteString("kind", line.Kind);
            if (line.Container.Schema.Length > 0)
            {
                json.WriteString("schema", line.Container.Schema);
            }

            json.WriteString(line.IsWhole ? "name" : "table", line.Container.Name);
            json.WriteString("text", $"{line.Sign switch { '+' => "added", '-' => "removed", _ => "changed" }} {line.Text}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
