namespace Sluice.Diagram.Layout;

internal static class Spacing
{
    public const int BetweenBoxes = 26;
    public const int BetweenBoxAndWay = 12;
    public const int BetweenWays = 9;

    /// <summary>From a box to the first vertical line beside it: room for the ends of edges.</summary>
    public const int Margin = 24;
    public const int BetweenTracks = 9;
    public const int BetweenParts = 48;
    public const int Border = 24;
    public const int GroupPadding = 16;
    public const int GroupTitle = 26;

    /// <summary>A column that takes NULL and one that does not reference the same row a little apart, because their ends differ.</summary>
    public const int PortShift = 5;
}
