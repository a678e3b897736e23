using BenchmarkDotNet.Attributes;
using Sluice.Catalog;
using Sluice.Diagnostics;
using Sluice.Model;
using Sluice.Text;

namespace Sluice.Bench;

/// <summary>The pure road over 1,000 models: no file, no server.</summary>
[MemoryDiagnoser]
public class Core
{
    private SourceText schema = null!;
    private Database from = null!;
    private Database to = null!;

    [GlobalSetup]
    public void Prepare()
    {
        schema = new("schema.prisma", LargeSchema.Write(1000));
        from = CatalogBuilder.Build(Migration.Read(schema).Value);
        to = CatalogBuilder.Build(Migration.Read(new SourceText("edited.prisma", LargeSchema.Write(1000, edited: 100))).Value);
    }

    [Benchmark]
    public Stage<SchemaModel> ParseAndValidate() => Migration.Read(new SourceText("schema.prisma", schema.Text));

    [Benchmark]
    public string DiffAndWrite() => Migration.Script(from, to);

    [Benchmark]
    public int DiffOfEqualCatalogs() => Migration.Plan(from, from).Steps.Length;

    [Benchmark]
    public string ScriptFromEmpty() => Migration.Script(Database.Empty, from);

    [Benchmark]
    public string Format() => Migration.Format(new SourceText("schema.prisma", schema.Text))[0].Text;
}
