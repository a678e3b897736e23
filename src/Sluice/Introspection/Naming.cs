using Sluice.Catalog;
using Sluice.Model;
using Sluice.Model.Binding;

namespace Sluice.Introspection;

/// <summary>Names for everything the database has: those of the previous schema, else the database's own as far as a schema allows.</summary>
internal sealed class Naming
{
    private readonly Dictionary<ObjectName, PulledName> tables = [];
    private readonly Dictionary<ObjectName, PulledName> views = [];
    private readonly Dictionary<ObjectName, PulledName> enums = [];
    private readonly Dictionary<ObjectName, Dictionary<string, PulledName>> columns = [];
    private readonly Dictionary<ObjectName, Dictionary<string, PulledName>> values = [];

    public Naming(Database database, Pairing pairing, IReadOnlyList<Table> models)
    {
        var shown = pairing.WithViews ? database.Views.ToList() : [];
        NameBlocks(
            [
                .. models.Select(t => (tables, t.Name, pairing.Entity(t.Name, false)?.Name)),
                .. database.Enums.Select(e => (enums, e.Name, pairing.Enum(e.Name)?.Name)),
                .. shown.Select(v => (views, v.Name, pairing.Entity(v.Name, true)?.Name)),
            ]);
        foreach (var table in models)
        {
            columns[table.Name] = Members(table.Columns.Select(c => c.Name), FieldNames(pairing.Entity(table.Name, false)));
        }

        foreach (var view in shown)
        {
            columns[view.Name] = Members(view.Columns.Select(c => c.Name), FieldNames(pairing.Entity(view.Name, true)));
        }

        foreach (var type in database.Enums)
        {
            var known = pairing.Enum(type.Name)?.Values.GroupBy(v => v.DatabaseName, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.First().Name, StringComparer.Ordinal) ?? [];
            values[type.Name] = Members(type.Values, known);
        }
    }

    public PulledName Table(ObjectName name) => tables[name];

    public PulledName View(ObjectName name) => views[name];

    public PulledName Enum(ObjectName name) => enums[name];

    public PulledName Column(ObjectName owner, string column) => columns[owner][column];

    public bool IsUnsayable(ObjectName owner, string column) => columns.TryGetValue(owner, out var names) && names[column].IsUnsayable;

    /// <returns>Null for a label that the enum does not have.</returns>
    public PulledName? Value(ObjectName type, string label) => values[type].GetValueOrDefault(label);

    public IEnumerable<string> FieldNames(ObjectName owner) => columns[owner].Values.Where(c => !c.IsUnsayable).Select(c => c.Name);

    private static Dictionary<string, string> FieldNames(Entity? previous) =>
        previous?.Fields.GroupBy(f => f.ColumnName, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Name, StringComparer.Ordinal) ?? [];

    private static void NameBlocks(List<(Dictionary<ObjectName, PulledName> Names, ObjectName Name, string? Previous)> blocks)
    {
        var counts = blocks.CountBy(b => b.Previous ?? PulledName.Sanitise(b.Name.Name)).ToDictionary(StringComparer.Ordinal);
        var taken = blocks.Where(b => b.Previous is not null).Select(b => b.Previous!).ToHashSet(StringComparer.Ordinal);
        foreach (var (names, name, previous) in blocks)
        {
            names[name] = previous is not null
                ? new PulledName(previous, previous == name.Name ? null : name.Name, NameOrigin.Previous)
                : NewBlockName(name, counts.GetValueOrDefault(PulledName.Sanitise(name.Name)) > 1, taken);
        }
    }

    private static PulledName NewBlockName(ObjectName name, bool isDuplicate, HashSet<string> taken)
    {
        var (wanted, origin) = name.Name switch
        {
            _ when isDuplicate => (PulledName.Sanitise($"{name.Schema}_{name.Name}"), NameOrigin.Duplicate),
            var n when ReservedNames.Contains(n) => ($"Renamed{n}", NameOrigin.Reserved),
            var n when PulledName.Sanitise(n) is var clean && clean != n => (clean, NameOrigin.Sanitised),
            var n => (n, NameOrigin.Same),
        };

        // Digits or signs alone leave nothing over.
        wanted = wanted.Length == 0 ? "Unnamed" : wanted;
        var free = Free(wanted, taken);
        return new PulledName(free, free == name.Name ? null : name.Name, free == wanted ? origin : NameOrigin.Duplicate);
    }

    private static Dictionary<string, PulledName> Members(IEnumerable<string> names, Dictionary<string, string> previous)
    {
        var members = new Dictionary<string, PulledName>(StringComparer.Ordinal);
        var taken = previous.Values.ToHashSet(StringComparer.Ordinal);
        var fresh = new List<string>();
        foreach (var name in names)
        {
            // A name that needs no change keeps it, whatever a changed one would like to be called.
            if (!previous.ContainsKey(name) && PulledName.Sanitise(name) == name && name.Length > 0 && taken.Add(name))
            {
                members[name] = new PulledName(name, null, NameOrigin.Same);
            }
            else
            {
                fresh.Add(name);
            }
        }

        foreach (var name in fresh)
        {
            members[name] = previous.TryGetValue(name, out var known)
                ? new PulledName(known, known == name ? null : name, NameOrigin.Previous)
                : NewMemberName(name, taken);
        }

        return members;
    }

    private static PulledName NewMemberName(string name, HashSet<string> taken) => PulledName.Sanitise(name) switch
    {
        // Only an enum has a member without any name.
        "" when name.Length == 0 => new PulledName(Free("EMPTY_ENUM_VALUE", taken), name, NameOrigin.Sanitised),
        "" => new PulledName(name, name, NameOrigin.Unsayable),
        var clean => new PulledName(Free(clean, taken), name, NameOrigin.Sanitised),
    };

    private static string Free(string wanted, HashSet<string> taken)
    {
        var name = wanted;
        for (var number = 2; !taken.Add(name); number++)
        {
            name = $"{wanted}_{number}";
        }

        return name;
    }
}
