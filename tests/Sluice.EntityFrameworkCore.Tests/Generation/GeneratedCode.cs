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

    // Read once: each compilation shares them.
    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppDomain.CurrentDomain.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    // Assembly versions that the runtime unifies: every SDK project has these two in NoWarn.
    private static readonly Dictionary<string, ReportDiagnostic> SilencedByTheSdk = new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    public static ImmutableArray<GeneratedFile> Of(string schema, GeneratorSettings? settings = null) => Of([new SourceText("schema.prisma", schema)], settings);

    public static ImmutableArray<GeneratedFile> Of(SourceText[] schema, GeneratorSettings? settings = null) =>
        EFCoreGenerator.Generate(Model(schema), schema, settings ?? Settings);

    public static SchemaModel Model(SourceText[] schema)
    {
        var read = Migration.Read(schema);
        return read.HasErrors ? throw new ArgumentException(string.Join('\n', read.Diagnostics.Select(d => d.Message))) : read.Value;
    }

    public static CSharpCompilation Compile(IEnumerable<GeneratedFile> files, params IEnumerable<string> others) => CSharpCompilation.Create(
        "Generated" + Guid.NewGuid().ToString("N"),
        [.. files.Select(f => CSharpSyntaxTree.ParseText(f.Text, path: f.Path)), .. others.Select(o => CSharpSyntaxTree.ParseText(o))],
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable)
            .WithSpecificDiagnosticOptions(SilencedByTheSdk));

    /// <summary>Errors and warnings, one a line; empty when there are none.</summary>
    public static string Complaints(Compilation compilation) => string.Join(
        '\n',
        compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString()));

    public static Assembly Load(Compilation compilation, AssemblyLoadContext context)
    {
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        if (!result.Success)
        {
            throw new InvalidOperationException(Complaints(compilation));
        }

        image.Position = 0;
        return context.LoadFromStream(image);
    }
}
