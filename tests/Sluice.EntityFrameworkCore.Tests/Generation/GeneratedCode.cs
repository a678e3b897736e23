using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Sluice.CodeGen.EFCore;
using Sluice.Model;
using Sluice.Text;

namespace Sluice.EntityFrameworkCore.Tests.Generation;

/// <summary>Generated files, compiled as a user's project would compile them.</summary>
internal static class GeneratedCode
{
    public static readonly GeneratorSettings Settings = new("Generated", "AppContext");

    // Assembly versions that the runtime unifies: every SDK project has these two in NoWarn.
    private static readonly Dictionary<string, ReportDiagnostic> SilencedByTheSdk = new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    // All grow from one, under one name, so that what is referenced is read once.
    private static readonly CSharpCompilation Empty = CSharpCompilation.Create(
        "Generated",
        references: ((string)AppDomain.CurrentDomain.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p)),
        options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable)
            .WithSpecificDiagnosticOptions(SilencedByTheSdk));

    public static ImmutableArray<GeneratedFile> Of(string schema, GeneratorSettings? settings = null) => Of([new SourceText("schema.prisma", schema)], settings);

    public static ImmutableArray<GeneratedFile> Of(SourceText[] schema, GeneratorSettings? settings = null) =>
        EFCoreGenerator.Generate(Model(schema), schema, settings ?? Settings);

    public static SchemaModel Model(SourceText[] schema)
    {
        var read = Migration.Read(schema);
        return read.HasErrors ? throw new ArgumentException(string.Join('\n', read.Diagnostics.Select(d => d.Message))) : read.Value;
    }

    public static CSharpCompilation Compile(IEnumerable<GeneratedFile> files, params IEnumerable<string> others) => Empty.AddSyntaxTrees(
        [.. files.Select(f => CSharpSyntaxTree.ParseText(f.Text, path: f.Path)), .. others.Select(o => CSharpSyntaxTree.ParseText(o))]);

    /// <returns>The assembly; or else errors and warnings, one a line.</returns>
    public static (Assembly? Assembly, string Complaints) Load(Compilation compilation, AssemblyLoadContext context)
    {
        using var image = new MemoryStream();
        var complaints = compilation.Emit(image).Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning).ToList();
        if (complaints.Count > 0)
        {
            return (null, string.Join('\n', complaints));
        }

        image.Position = 0;
        return (context.LoadFromStream(image), "");
    }
}
