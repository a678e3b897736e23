using Sluice.Text;

namespace Sluice.Diagram;

/// <summary>A sketch with every place in it.</summary>
/// <param name="Places">Where the boxes' upper left corners are, in the sketch's order.</param>
/// <param name="Routes">The ways of the edges, in the sketch's order: from the referencing row to the referenced one, corner by corner.</param>
public sealed record Drawing(Sketch Sketch, int Width, int Height, EquatableArray<Point> Places, EquatableArray<Route> Routes, EquatableArray<Group> Groups);

public readonly record struct Point(int X, int Y);

public sealed record Route(EquatableArray<Point> Corners);

/// <summary>The area of a schema.</summary>
public sealed record Group(string Name, int X, int Y, int Width, int Height);
