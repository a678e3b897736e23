using System.Collections.Concurrent;
using System.Runtime.Loader;
using Microsoft.EntityFrameworkCore;
using Sluice.Catalog;
using Sluice.CodeGen.EFCore;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Generation;

/// <summary>Each valid schema of the conformance cases: its code compiles without a warning, and EF Core sees in it what the database has.</summary>
public sealed class EverySchemaTests
{
    [Fact]
    public void Generated_code_compiles_without_warnings_and_its_model_equals_the_catalog()
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        var wrong = new ConcurrentBag<string>();
        var valid = 0;
        Parallel.ForEach(Schemas(), new ParallelOptions { MaxDegreeOfParallelism = 2 }, schema =>
        {
            var files = Conformance.SchemaFiles(schema).Select(p => new SourceText(Path.GetFileName(p), File.ReadAllText(p))).ToArray();
            if (Migration.Read(files).HasErrors)
            {
                return;
            }

            Interlocked.Increment(ref valid);
            foreach (var complaint in Complaints(files))
            {
                wrong.Add($"{Path.GetFileName(schema)}: {complaint}");
            }
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
        Assert.True(valid > 250, $"{valid} schemas");
    }

    private static IEnumerable<string> Schemas() =>
    [
        .. Conformance.Psl().Select(c => c.SchemaPath),
        .. Conformance.PslToSql().Select(c => c.SchemaPath),
        .. Conformance.SingleMigration().Select(c => c.SchemaPath),
        .. Conformance.RealWorld().Select(c => c.SchemaPath),
    ];

    /// <summary>Of the compiler, of EF Core, and of the comparison.</summary>
    internal static List<string> Complaints(SourceText[] files, GeneratorSettings? settings = null)
    {
        var model = GeneratedCode.Model(files);
        var compilation = GeneratedCode.Compile(GeneratedCode.Of(files, settings));
        var load = new AssemblyLoadContext(null, isCollectible: true);
        try
        {
            var (assembly, complaints) = GeneratedCode.Load(compilation, load);
            if (assembly is null)
            {
                return [complaints];
            }

            using var context = GeneratedContext.New(assembly, "Host=127.0.0.1;Database=none");
            return ModelComparison.Differences(GeneratedContext.DesignModel(context), model, CatalogBuilder.Build(model));
        }
        catch (Exception refused)
        {
            return [refused.InnerException?.Message ?? refused.Message];
        }
        finally
        {
            load.Unload();
        }
    }
}
