using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Text;

namespace Sluice.CodeGen.EFCore;

/// <summary>A schema to the C# of its EF Core model: one file an entity, one an enum, the context and its registration.</summary>
public static class EFCoreGenerator
{
    /// <param name="files">The schema's texts: their hash stands at the head of each file.</param>
    public static ImmutableArray<GeneratedFile> Generate(SchemaModel model, ReadOnlySpan<SourceText> files, GeneratorSettings settings)
    {
        var context = ContextBuilder.Build(model, CatalogBuilder.Build(model), settings, Hash(files));
        var types = new TypeNamesInCode(context);
        var references = context.References.ToLookup(r => r.Dependent, StringComparer.Ordinal);
        var joins = context.Joins.ToLookup(j => j.Left, StringComparer.Ordinal);
        return
        [
            ContextWriter.Write(context, types),
            ContextWriter.WriteRegistration(context, types),
            .. context.Enums.Select(e => EnumWriter.Write(context, types, e)),
            .. context.Entities.Select(e => EntityWriter.Write(context, types, e, references[e.Name], joins[e.Name])),
        ];
    }

    /// <summary>Whether a file was made here: only such a one is ever replaced or removed.</summary>
    public static bool IsOwn(string text) =>
        text.StartsWith(CodeText.Mark + "\n// Made by `sluice generate`", StringComparison.Ordinal);

    private static string Hash(ReadOnlySpan<SourceText> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file.Text.ReplaceLineEndings("\n")));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
