using System.Collections.Immutable;
using System.CommandLine;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.CodeGen.EFCore;

namespace Sluice.Cli.Commands;

/// <summary>`generate`: the EF Core model of the schema.</summary>
internal static class GenerateCommand
{
    private static readonly Option<bool> Check = new("--check") { Description = "Change nothing; exit 1 when the generated code is not that of the schema" };

    public static Command Create(Session session) =>
        new ToolCommand("generate", "Write the EF Core entities and context of the schema", session, RunAsync)
        {
            Notes = """
                Reads `generator` blocks with `provider = "sluice-efcore"`: `output`, `namespace`, `contextName`, `nullable`, `records`.
                Without one, the project file beside the schema or above it says namespace and folder. Other generators' blocks are left
                alone. Hints in doc comments: `@clr(Type)`, `@softDelete`, `@rowVersion` (docs/generate.md). Files that are not made here are never touched; those of models that are gone are removed.
                """,
            Examples =
            [
                ("generate", "write what has changed"),
                ("generate --check", "for CI: exit 1 when somebody forgot to"),
            ],
        }.With(Check);

    private static async Task<Answer> RunAsync(Session session)
    {
        var files = SchemaFiles.Read(session.Project.SchemaPath);
        var schema = session.Project.Schema;
        if (schema.HasErrors)
        {
            DiagnosticText.Print(session.Terminal, schema.Diagnostics);
            throw new InvalidSchemaException($"The schema has {DiagnosticText.Count(schema.Diagnostics)}; nothing was generated.");
        }

        // Warnings everywhere else: only here would a hint that means nothing be taken at its word.
        var hints = schema.Diagnostics.Where(d => d.Code.StartsWith("SL271", StringComparison.Ordinal)).ToImmutableArray();
        if (!hints.IsEmpty)
        {
            DiagnosticText.Print(session.Terminal, hints);
            throw new InvalidSchemaException($"{DiagnosticText.Counted(hints.Length, "hint")} to this command cannot be followed; nothing was generated.");
        }

        var folders = GeneratorBlocks.Of(session.Project)
            .Select(b => GeneratedFolder.Compare(b.Output, EFCoreGenerator.Generate(schema.Value, files.AsSpan(), b.Settings)))
            .ToImmutableArray();
        var check = session.Get(Check);
        foreach (var folder in folders)
        {
            if (!check)
            {
                await folder.WriteAsync(session.Stop);
            }

            Say(session, folder, check);
        }

        return Answer.With(check && !folders.All(f => f.IsCurrent) ? Outcome.Attention : Outcome.Ok, json =>
        {
            json.WriteStrings("written", check ? [] : folders.SelectMany(Changed));
            json.WriteStrings("removed", check ? [] : folders.SelectMany(f => f.Stale));
            json.WriteStrings("outdated", check ? folders.SelectMany(f => Changed(f).Concat(f.Stale)) : []);
            json.WriteNumber("unchanged", folders.Sum(f => f.Unchanged));
        });
    }

    private static void Say(Session session, GeneratedFolder folder, bool check)
    {
        var (terminal, ink, name) = (session.Terminal, session.Terminal.Ink, Paths.Show(folder.Path));
        if (folder.IsCurrent)
        {
            terminal.Result($"{ink.BoldGreen("✓")} {name} is up to date ({DiagnosticText.Counted(folder.Unchanged, "file")})");
            return;
        }

        if (check)
        {
            foreach (var file in Changed(folder).Concat(folder.Stale))
            {
                terminal.Result($"{ink.BoldYellow("!")} {Paths.Show(file)}");
            }

            terminal.Result("The generated code is not that of the schema. Run `sluice generate`.");
            return;
        }

        var removed = folder.Stale.IsEmpty ? "" : $", removed {folder.Stale.Length}";
        terminal.Result($"{ink.BoldGreen("✓")} Generated the EF Core model in {name}: wrote {DiagnosticText.Counted(folder.Changed.Length, "file")}{removed}, {folder.Unchanged} unchanged");
    }

    private static IEnumerable<string> Changed(GeneratedFolder folder) => folder.Changed.Select(f => Path.Combine(folder.Path, f.Path));
}
