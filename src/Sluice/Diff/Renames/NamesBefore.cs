using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Diff.Renames;

/// <summary>What things are called before renames: the rows to look at are still under those names.</summary>
public sealed class NamesBefore(ImmutableArray<Rename> renames)
{
    private readonly Dictionary<ObjectName, ObjectName> tables = renames.OfType<Rename.Table>().ToDictionary(r => r.To, r => r.From);
    private readonly Dictionary<ObjectName, ObjectName> enums = renames.OfType<Rename.Enum>().ToDictionary(r => r.To, r => r.From);
    private readonly Dictionary<(ObjectName, string), string> columns = renames.OfType<Rename.Column>().ToDictionary(r => (r.Of, r.To), r => r.From);

    public ObjectName Table(ObjectName name) => tables.GetValueOrDefault(name, name);

    public ObjectName Enum(ObjectName name) => enums.GetValueOrDefault(name, name);

    /// <param name="table">As it is called afterwards.</param>
    public string Column(ObjectName table, string name) => columns.GetValueOrDefault((table, name), name);
}
