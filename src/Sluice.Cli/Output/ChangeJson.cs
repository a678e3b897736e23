using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sluice.Diff;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Output;

/// <summary>Changes for machines.</summary>
internal static class ChangeJson
{
    public static void Write(Utf8JsonWriter json, string name, ImmutableArray<Change> changes)
    {
        json.WriteStartArray(name);
        foreach (var change in changes)
        {
            json.WriteStartObject();
            WriteFields(json, change);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The same with what is known of who made them.</summary>
    public static void Write(Utf8JsonWriter json, string name, ImmutableArray<Difference> differences)
    {
        json.WriteStartArray(name);
        foreach (var (change, trace) in differences)
        {
            json.WriteStartObject();
            WriteFields(json, change);
            json.WriteStartObject("trace");
            json.WriteString("owner", trace.Owner);
            json.WriteBoolean("ownerMigrates", trace.Owner == trace.Migrator);
            json.WriteString("committed", trace.Committed is { } at ? at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) : null);
            json.WriteString("after", trace.After?.What);
            json.WriteString("with", trace.With?.What);
            json.WriteString("before", trace.Before?.What);
            json.WriteString("tool", trace.Tool);
            json.WriteString("text", TraceText.Of(trace));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFields(Utf8JsonWriter json, Change change)
    {
        var line = ChangeLine.Of(change);
        json.WriteString("change", change.GetType().Name);
        json.WriteString("kind", line.Kind);
        if (line.Container.Schema.Length > 0)
        {
            json.WriteString("schema", line.Container.Schema);
        }

        json.WriteString(line.IsWhole ? "name" : "table", line.Container.Name);
        json.WriteString("text", $"{line.Sign switch { '+' => "added", '-' => "removed", _ => "changed" }} {line.Text}");
    }
}
