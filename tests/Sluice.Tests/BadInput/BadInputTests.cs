using System.Text;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.Tests.BadInput;

/// <summary>Whatever comes in: an answer, no crash, and soon.</summary>
public class BadInputTests
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(2);

    public static TheoryData<string, string> Hostile => new()
    {
        { "brackets", $"model A {{\n  id Int @default({new string('[', 10_000)}\n}}\n" },
        { "closed brackets", $"model A {{\n  id Int @default({new string('[', 10_000)}{new string(']', 10_000)})\n}}\n" },
        { "parentheses", $"model A {{\n  id Int @default({Repeat("f(", 10_000)}\n}}\n" },
        { "closed parentheses", $"model A {{\n  id Int @default({Repeat("f(", 10_000)}{Repeat(")", 10_000)})\n}}\n" },
        { "named arguments", $"model A {{\n  id Int @default({Repeat("a: f(", 10_000)}{Repeat(")", 10_000)})\n}}\n" },
        { "braces", $"model A {{\n  id Int @default({Repeat("{ a: ", 10_000)}1{Repeat("}", 10_000)})\n}}\n" },
        { "bare braces", new string('{', 10_000) + "\n" + new string('}', 10_000) },
        { "blocks in blocks", Repeat("model A {\n", 10_000) + Repeat("}\n", 10_000) },
        { "blocks left open", Repeat("model A {\n", 50_000) },
        { "unknown blocks left open", Repeat("a {\n", 50_000) },
        { "comments left open", Repeat("a /*\n", 50_000) },
        { "comments closed late", Repeat("a /*\n", 50_000) + "*/ x" },
        { "strings left open", Repeat("model A {\n  a Int @map(\"\n}\n", 50_000) },
        { "quotes in one line", $"model A {{\n  a Int @default({Repeat("\"\"", 100_000)})\n}}\n" },
        { "one long line", $"model A {{\n  a Int {Repeat("@b ", 100_000)}\n}}\n" },
        { "one long list", $"model A {{\n  a Int[] @default([{Repeat("1, ", 100_000)}1])\n}}\n" },
        { "escapes", $"model A {{\n  a String @default(\"{Repeat("\\q\\ud800", 50_000)}\")\n}}\n" },
        { "lone surrogates", "model \uD800 {\n  \uDC00 Int @id @map(\"\uD800\uD800\")\n  \uD83D\uDE00 Int\n}\n// \uDFFF" },
        { "nulls", "model A\0 {\n \0id Int @id\0\n\0}\n\0" },
        { "nothing", "" },
        { "a byte order mark alone", "\uFEFF" },
        { "old line breaks", "model A {\r  id Int @id\r}\r" },
        { "many fields of one name", $"model A {{\n{Repeat("  id Int @id\n", 20_000)}}}\n" },
        { "many models of one name", Repeat("model A {\n  id Int @id\n}\n", 20_000) },
        { "many relations between two models", $"model A {{\n  id Int @id\n{Repeat("  b B\n", 2_000)}}}\nmodel B {{\n  id Int @id\n{Repeat("  a A\n", 2_000)}}}\n" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void Hostile_text_is_answered_soon(string name, string text)
    {
        _ = name;
        Digest(text);
    }

    [Fact]
    public void Five_megabytes_of_schema_are_read_soon()
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < 5_000_000; i++)
        {
            text.Append($"/// Model {i}.\nmodel Model{i} {{\n  id Int @id @default(autoincrement())\n  name String? @db.VarChar(20) // c\n");
            text.Append($"  email String @unique\n  parentId Int?\n  state E{i} @default(A)\n\n  @@index([name, email(sort: Desc)])\n  @@map(\"models_{i}\")\n}}\n\n");
            text.Append($"enum E{i} {{\n  A\n  B @map(\"b\")\n}}\n\n");
        }

        // A second or two by what the processor does just now; were it quadratic, minutes.
        Digest(text.ToString(), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Random_bytes_are_answered()
    {
        var random = new Random(20261121);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(1, 4_000)];
            random.NextBytes(bytes);
            Digest(Encoding.UTF8.GetString(bytes));
            Digest(Encoding.Latin1.GetString(bytes));
        }
    }

    [Fact]
    public void Random_pieces_of_the_language_are_answered()
    {
        string[] pieces =
        [
            "model", "enum", "type", "view", "datasource", "generator", " ", "\n", "\n", "{", "}", "{\n", "\n}\n", "(", ")", "[", "]", "[]", "?",
            "@", "@@", "id", "unique", "index", "map", "relation", "default", "db.", "A", "B", "Int", "String", "1", "-", "\"", "\"x\"", "\\", ",",
            ":", "=", ".", "//", "///", "/*", "*/", "fields: [id]", "references: [id]", "env(\"X\")", "\r\n", "\t", "é", "Unsupported(\"x\")",
        ];
        var random = new Random(20261122);
        for (var i = 0; i < 2_000; i++)
        {
            Digest(string.Concat(Enumerable.Range(0, random.Next(1, 120)).Select(_ => pieces[random.Next(pieces.Length)])));
        }
    }

    [Fact]
    public void Every_conformance_schema_cut_at_every_fiftieth_byte_is_answered()
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        var cuts = Conformance.SchemaFiles(Conformance.Root).SelectMany(path =>
        {
            // The one large schema is cut less often: its cuts alone would be a hundred megabytes to read.
            var bytes = File.ReadAllBytes(path);
            var step = bytes.Length > 50_000 ? 1_000 : 50;
            return Enumerable.Range(1, bytes.Length / step).Select(i => (bytes, length: i * step));
        });
        Parallel.ForEach(cuts, cut => Digest(Encoding.UTF8.GetString(cut.bytes, 0, cut.length)));
    }

    private static void Digest(string text, TimeSpan? most = null)
    {
        var file = new SourceText("schema.prisma", text);
        var reading = ThreadClock.Measure(() =>
            Assert.All(Migration.Read(file).Diagnostics.Take(1_000), d => Assert.InRange(d.Span.End, d.Span.Start, text.Length)));
        var formatting = ThreadClock.Measure(() => Migration.Format(file));
        Assert.InRange(reading, TimeSpan.Zero, most ?? Most);
        Assert.InRange(formatting, TimeSpan.Zero, most ?? Most);
    }

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
}
