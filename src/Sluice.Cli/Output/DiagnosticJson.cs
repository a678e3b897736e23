using System.Text.Json;
using Sluice.Diagnostics;
using Sluice.Text;

namespace Sluice.Cli.Output;

/// <summary>Mistakes in a schema for machines; offsets count UTF-8 bytes.</summary>
internal static class DiagnosticJson
{
    public static void Write(Utf8JsonWriter json, IEnumerable<Diagnostic> diagnostics, bool nameFiles)
    {
        var offsets = new Dictionary<SourceText, Utf8Offsets>();
        json.WriteStartArray("diagnostics");
        foreach (var diagnostic in diagnostics)
        {
            if (!offsets.TryGetValue(diagnostic.Source, out var bytes))
            {
                offsets.Add(diagnostic.Source, bytes = new Utf8Offsets(diagnostic.Source.Text));
            }

            var (line, column) = diagnostic.Source.Position(diagnostic.Span.Start);
            json.WriteStartObject();
            json.WriteString("severity", diagnostic.Severity is Severity.Error ? "error" : "warning");
            json.WriteString("code", diagnostic.Code);
            json.WriteString("message", diagnostic.Message);
            if (diagnostic.Help is { } help)
            {
                json.WriteString("help", help);
            }

            if (nameFiles)
            {
                json.WriteString("file", diagnostic.Source.Path);
            }

            json.WriteNumber("start", bytes[diagnostic.Span.Start]);
            json.WriteNumber("end", bytes[diagnostic.Span.End]);
            json.WriteNumber("line", line);
            json.WriteNumber("column", column);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Counting from the start for each mistake would be quadratic in a long file with many of them.
    private sealed class Utf8Offsets(string text)
    {
        private const int Stride = 4096;

        private readonly int[] marks = Marks(text);

        public int this[int position]
        {
            get
            {
                var mark = position / Stride;
                return marks[mark] + Bytes(text.AsSpan(mark * Stride, position - (mark * Stride)));
            }
        }

        private static int[] Marks(string text)
        {
            var marks = new int[(text.Length / Stride) + 1];
            for (var i = 1; i < marks.Length; i++)
            {
                marks[i] = marks[i - 1] + Bytes(text.AsSpan((i - 1) * Stride, Stride));
            }

            return marks;
        }

        // Each half of a surrogate pair counts for two, so that a stride may end between them.
        private static int Bytes(ReadOnlySpan<char> text)
        {
            var count = 0;
            foreach (var c in text)
            {
                count += c < 0x80 ? 1 : c < 0x800 || char.IsSurrogate(c) ? 2 : 3;
            }

            return count;
        }
    }
}
