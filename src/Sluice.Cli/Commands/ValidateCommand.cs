using System.CommandLine;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Diagnostics;
using Sluice.Model;

namespace Sluice.Cli.Commands;

/// <summary>`validate`: every mistake of one or more schemas, in one go.</summary>
internal static class ValidateCommand
{
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Schemas to check: files, or folders that are one schema each (default: the project's)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Command Create(Session session) =>
        new ToolCommand("validate", "Check schemas and report every mistake at once", session, RunAsync)
        {
            Notes = "With `--json`: one object a line for each FILE; offsets count UTF-8 bytes, lines and columns from 1.",
            Examples =
            [
                ("validate", "check the project's schema"),
                ("validate --json a.prisma b.prisma models/", "three schemas, for a machine"),
            ],
        }.With(Files);

    private static Task<Answer> RunAsync(Session session)
    {
        var named = session.Get(Files) ?? [];
        string[] paths = named.Length > 0 ? named : [session.Project.SchemaPath];
        var invalid = 0;
        foreach (var path in paths)
        {
            session.Stop.ThrowIfCancellationRequested();
            var schema = Migration.Read(SchemaFiles.Read(path).AsSpan());
            invalid += schema.HasErrors ? 1 : 0;
            if (session.Json)
            {
                WriteJson(session.Terminal, path, schema);
            }
            else
            {
                WriteText(session.Terminal, path, schema);
            }
        }

        if (!session.Json && paths.Length > 1)
        {
            session.Terminal.Result(invalid == 0 ? $"All {paths.Length} schemas are valid." : $"{invalid} of {paths.Length} schemas are not valid.");
        }

        return Task.FromResult(new Answer(invalid == 0 ? Outcome.Ok : Outcome.Failed) { WritesReport = false });
    }

    private static void WriteJson(Terminal terminal, string path, Stage<SchemaModel> schema) => terminal.WriteJson(json =>
    {
        json.WriteString("file", path);
        json.WriteBoolean("valid", !schema.HasErrors);
        DiagnosticJson.Write(json, schema.Diagnostics, nameFiles: Directory.Exists(path));
    });

    private static void WriteText(Terminal terminal, string path, Stage<SchemaModel> schema)
    {
        DiagnosticText.Print(terminal, schema.Diagnostics);
        var ink = terminal.Ink;
        if (schema.HasErrors)
        {
            terminal.Result($"{ink.BoldRed("✗")} {Paths.Show(path)}: {DiagnosticText.Count(schema.Diagnostics)}");
            return;
        }

        var warnings = schema.Diagnostics.IsEmpty ? "" : $" ({DiagnosticText.Count(schema.Diagnostics)})";
        terminal.Result($"{ink.BoldGreen("✓")} The schema at {Paths.Show(path)} is valid{warnings}");
    }
}
