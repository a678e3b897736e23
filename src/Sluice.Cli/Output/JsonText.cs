using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Cli.Output;

internal static class JsonText
{
    // Read by programs and by people in logs, never pasted into HTML: `é` and `'` stay as they are.
    public static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
