using System.Collections.Immutable;

namespace Sluice.Diagram;

/// <summary>One table and those around it.</summary>
public static class Focus
{
    /// <summary>The box of a table that somebody names, with or without its schema; null for none, or where the name is several's.</summary>
    public static Box? Find(Sketch sketch, string name) =>
        sketch.Boxes.FirstOrDefault(b => b.Label == name)
        ?? (sketch.Boxes.Where(b => b.Name.Name == name || $"{b.Name.Schema}.{b.Name.Name}" == name).ToList() is [var only] ? only : null);

    /// <param name="depth">How many edges away: 0 is the table alone.</param>
    public static Sketch On(Sketch sketch, Box center, int depth)
    {
        var near = new HashSet<int> { sketch.Boxes.Items.IndexOf(center) };
        for (var i = 0; i < depth; i++)
        {
            near.UnionWith(sketch.Edges.Where(e => near.Contains(e.From) || near.Contains(e.To)).SelectMany(e => new[] { e.From, e.To }).ToList());
        }

        // Its enums come along.
        var types = center.Rows.Select(r => r.Type.TrimEnd('?', '[', ']')).ToHashSet();
        near.UnionWith(sketch.Boxes.Index().Where(b => b.Item.Kind is BoxKind.Enum && types.Contains(b.Item.Name.Name)).Select(b => b.Index));
        var kept = near.Order().ToImmutableArray();
        var places = kept.Index().ToDictionary(k => k.Item, k => k.Index);
        return sketch with
        {
            Boxes = [.. kept.Select(k => sketch.Boxes[k] with { IsFocus = sketch.Boxes[k] == center })],
            Edges = [.. sketch.Edges.Where(e => places.ContainsKey(e.From) && places.ContainsKey(e.To)).Select(e => e with { From = places[e.From], To = places[e.To] })],
            HasGroups = sketch.HasGroups && kept.Where(k => sketch.Boxes[k].Kind is BoxKind.Table).Select(k => sketch.Boxes[k].Name.Schema).Distinct().Skip(1).Any(),
        };
    }
}
