using System.CommandLine;
using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Diagnostics;
using Sluice.Text;

namespace Sluice.Cli.Commands;

/// <summary>`format`: the one way a schema is laid out.</summary>
internal static class FormatCommand
{
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Schemas to format: files or folders (default: the project's)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Check = new("--check") { Description = "Change nothing; exit 1 when a file is not formatted" };

    private static readonly Option<bool> Stdout = new("--stdout") { Description = "Print the formatted text instead of writing the file" };

    public static Command Create(Session session) =>
        new ToolCommand("format", "Lay out schemas the standard way, in place", session, RunAsync)
        {
            Notes = "A schema with mistakes is not written.",
            Examples =
            [
                ("format", "format the project's schema"),
                ("format --check", "for CI: exit 1 when something is not formatted"),
                ("format --stdout --schema schema.prisma", "print it"),
            ],
        }.With(Files, Check, Stdout);

    private static async Task<Answer> RunAsync(Session session)
    {
        var named = session.Get(Files) ?? [];
        string[] schemas = named.Length > 0 ? named : [session.Project.SchemaPath];
        var changed = new List<string>();
        var texts = new List<SourceText>();
        foreach (var schema in schemas)
        {
            var files = SchemaFiles.Read(schema);
            RequireValid(session, files.AsSpan());
            foreach (var (file, formatted) in files.Zip(Migration.Format(files.AsSpan())))
            {
                await FormatAsync(session, file, formatted.Text, changed);
                texts.Add(formatted);
            }
        }

        return Conclude(session, changed, texts);
    }

    private static async Task FormatAsync(Session session, SourceText file, string text, List<string> changed)
    {
        if (session.Get(Stdout) && !session.Json)
        {
            session.Terminal.Raw(text);
        }

        if (text == file.Text)
        {
            return;
        }

        changed.Add(file.Path);
        if (!session.Get(Check) && !session.Get(Stdout))
        {
            AtomicFile.Write(file.Path, text);
        }
    }

    // A text with mistakes may be half of a thought; laying it out would hide where the mistake is.
    private static void RequireValid(Session session, ReadOnlySpan<SourceText> files)
    {
        var schema = Migration.Read(files);
        if (schema.HasErrors)
        {
            DiagnosticText.Print(session.Terminal, [.. schema.Diagnostics.Where(d => d.Severity is Severity.Error)]);
            throw new InvalidSchemaException($"The schema has {DiagnosticText.Count(schema.Diagnostics)}; nothing was formatted.");
        }
    }

    private static Answer Conclude(Session session, List<string> changed, List<SourceText> texts)
    {
        var ink = session.Terminal.Ink;
        var answer = new Answer(Outcome.Ok, json =>
        {
            json.WriteStrings("changed", changed);
            if (session.Get(Stdout))
            {
                WriteTexts(json, texts);
            }
        })
        {
            WritesReport = session.Json || !session.Get(Stdout),
        };
        if (session.Get(Stdout))
        {
            return answer;
        }

        if (session.Get(Check) && changed.Count > 0)
        {
            changed.ForEach(f => session.Terminal.Result($"{ink.BoldYellow("!")} {f}"));
            session.Terminal.Result("There are unformatted files. Run `sluice format` to format them.");
            return answer with { Outcome = Outcome.Attention };
        }

        changed.ForEach(f => session.Terminal.Result($"{ink.BoldGreen("✓")} Formatted {f}"));
        if (changed.Count == 0)
        {
            session.Terminal.Result("All files are formatted correctly!");
        }

        return answer;
    }

    private static void WriteTexts(Utf8JsonWriter json, List<SourceText> texts)
    {
        json.WriteStartArray("files");
        foreach (var text in texts)
        {
            json.WriteStartObject();
            json.WriteString("file", text.Path);
            json.WriteString("text", text.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
