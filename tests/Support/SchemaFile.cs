using Sluice.Catalog;
using Sluice.Diagnostics;
using Sluice.Model;
using Sluice.Text;

namespace Sluice.Tests.Support;

/// <summary>Schemas on disk that must be valid.</summary>
public static class SchemaFile
{
    public static SchemaModel Read(params IEnumerable<string> paths)
    {
        var read = Migration.Read([.. paths.Select(p => new SourceText(Path.GetFileName(p), File.ReadAllText(p)))]);
        var errors = read.Diagnostics.Where(d => d.Severity is Severity.Error).Select(d => d.Message).ToArray();
        return errors.Length == 0 ? read.Value : throw new InvalidDataException("refused: " + string.Join(" | ", errors));
    }

    public static Database Catalog(params IEnumerable<string> paths) => CatalogBuilder.Build(Read(paths));
}
