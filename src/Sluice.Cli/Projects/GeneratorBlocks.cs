using System.Collections.Immutable;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Sluice.CodeGen.EFCore;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Cli.Projects;

/// <param name="Output">The folder that generated files go to.</param>
internal sealed record GeneratorBlock(string Output, GeneratorSettings Settings);

/// <summary>The `generator` blocks that are ours, or what the project file beside the schema implies where there is none.</summary>
internal static partial class GeneratorBlocks
{
    public const string Provider = "sluice-efcore";

    private static readonly string[] Known = ["provider", "output", "namespace", "contextName", "nullable", "records"];

    // Reserved everywhere (C# specification, 6.4.4).
    private static readonly HashSet<string> Keywords = new(
        """
        abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event
        explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null
        object operator out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static
        string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal);

    public static ImmutableArray<GeneratorBlock> Of(Project project)
    {
        var own = project.Schema.Value.Generators.Where(g => g.Provider?.Literal == Provider).ToImmutableArray();
        return own.IsEmpty ? [Implied(project)] : [.. own.Select(g => Read(project, g))];
    }

    private static GeneratorBlock Read(Project project, Generator generator)
    {
        foreach (var property in generator.Properties.Where(p => !Known.Contains(p.Name, StringComparer.Ordinal)))
        {
            throw Wrong(generator, $"does not know `{property.Name}`", $"It takes {string.Join(", ", Known.Select(k => $"`{k}`"))}.");
        }

        var implied = new Lazy<GeneratorBlock>(() => Implied(project));
        var space = Text(generator, "namespace") ?? implied.Value.Settings.Namespace;
        var context = Text(generator, "contextName") ?? implied.Value.Settings.ContextName;
        if (!Namespace().IsMatch(space) || space.Split('.').Any(Keywords.Contains))
        {
            throw Wrong(generator, $"names a namespace that C# does not take: `{space}`", "Write identifiers with points between them, such as `Shop.Data`.");
        }

        if (!Identifier().IsMatch(context) || Keywords.Contains(context))
        {
            throw Wrong(generator, $"names a class that C# does not take: `{context}`", "Write an identifier, such as `ShopContext`.");
        }

        var output = Text(generator, "output");
        return new GeneratorBlock(
            output is null ? implied.Value.Output : Path.GetFullPath(output, project.SchemaFolder),
            new GeneratorSettings(space, context, Flag(generator, "nullable") ?? true, Flag(generator, "records") ?? false));
    }

    private static string? Text(Generator generator, string name) => generator.Properties.FirstOrDefault(p => p.Name == name)?.Value switch
    {
        null => null,
        StringSyntax { Value: { Length: > 0 } value } => value,
        _ => throw Wrong(generator, $"has no text for `{name}`", $"Write it in quotes: `{name} = \"…\"`."),
    };

    private static bool? Flag(Generator generator, string name) => generator.Properties.FirstOrDefault(p => p.Name == name)?.Value switch
    {
        null => null,
        ConstantSyntax { Text: "true" } or StringSyntax { Value: "true" } => true,
        ConstantSyntax { Text: "false" } or StringSyntax { Value: "false" } => false,
        _ => throw Wrong(generator, $"has neither yes nor no for `{name}`", $"Write `{name} = true` or `{name} = false`."),
    };

    private static StopException Wrong(Generator generator, string finding, string remedy) =>
        new($"The generator `{generator.Name}` {finding}.", "SL6001", remedy);

    // Beside the schema or above it, up to the root of the repository.
    private static GeneratorBlock Implied(Project project)
    {
        for (var folder = project.SchemaFolder; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var found = Directory.GetFiles(folder, "*.csproj");
            if (found.Length > 1)
            {
                throw new StopException(
                    $"There are {found.Length} project files in {Paths.Show(folder)}, so it is open where generated code belongs.",
                    "SL6003",
                    $"Say it in the schema: `generator efcore {{ provider = \"{Provider}\" output = \"…\" namespace = \"…\" contextName = \"…\" }}`.");
            }

            if (found is [var file])
            {
                var root = RootNamespace(file);
                return new GeneratorBlock(Path.Combine(folder, "Data"), new GeneratorSettings(root + ".Data", root.Split('.')[^1] + "Context"));
            }

            if (Path.Exists(Path.Combine(folder, ".git")))
            {
                break;
            }
        }

        return new GeneratorBlock(Path.Combine(project.SchemaFolder, "Data"), new GeneratorSettings("Data", "DatabaseContext"));
    }

    private static string RootNamespace(string file)
    {
        string? Property(string name) => Load(file).Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value.Trim();

        var stated = Property("RootNamespace");
        var name = stated is { Length: > 0 } && Namespace().IsMatch(stated) ? stated : Path.GetFileNameWithoutExtension(file);
        return string.Join('.', name.Split('.').Select(part => InvalidCharacter().Replace(part, "_")).Select(part => char.IsAsciiDigit(part[0]) || Keywords.Contains(part) ? "_" + part : part));
    }

    private static XDocument Load(string file)
    {
        try
        {
            return XDocument.Load(file);
        }
        catch (XmlException broken)
        {
            throw new StopException($"{Paths.Show(file)} is not XML: {broken.Message}", "SL6003", "Correct it, or say `namespace` and `output` in the generator block.");
        }
    }

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{Nd}_]*(\.[\p{L}_][\p{L}\p{Nd}_]*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{Nd}_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();

    [GeneratedRegex(@"[^\p{L}\p{Nd}_]", RegexOptions.CultureInvariant)]
    private static partial Regex InvalidCharacter();
}
