using Sluice.Catalog;
using Sluice.Text;

namespace Sluice.Diagram;

/// <summary>What is to be drawn: boxes whose sizes are known, and the edges between their rows. Where, <see cref="DiagramLayout"/> says.</summary>
public sealed record Sketch(EquatableArray<Box> Boxes, EquatableArray<Edge> Edges)
{
    public static Sketch Empty { get; } = new([], []);

    /// <summary>Boxes are drawn in one area for each schema.</summary>
    public bool HasGroups { get; init; }
}

public enum BoxKind
{
    Table,
    View,
    Enum,
}

/// <param name="Label">The name as it is spoken of: with its schema where there are several.</param>
public sealed record Box(BoxKind Kind, ObjectName Name, string Label, string? Comment, EquatableArray<Row> Rows, int Width)
{
    public const int TitleHeight = 28;
    public const int RowHeight = 20;
    private const int Foot = 4;

    /// <summary>The one that was asked for.</summary>
    public bool IsFocus { get; init; }

    public int Height => TitleHeight + (Rows.Count * RowHeight) + (Rows.Count > 0 ? Foot : 0);

    /// <summary>How far below its top the middle of a row is.</summary>
    public int MiddleOf(int row) => Rows.Count == 0 ? TitleHeight / 2 : TitleHeight + (row * RowHeight) + (RowHeight / 2);
}

/// <summary>A column, or a value of an enum.</summary>
/// <param name="Marks">`PK`, `FK`, `U`, with spaces between.</param>
/// <param name="Type">Ends with `?` where the column takes NULL.</param>
public sealed record Row(string Name, string Type, string Marks, string? Comment);

/// <summary>A foreign key: from a row of the box that has it to a row of the box that it references.</summary>
/// <param name="IsOptional">It may reference nothing.</param>
/// <param name="IsUnique">At most one row references each.</param>
/// <param name="Meaning">The key in words.</param>
public sealed record Edge(string Name, int From, int FromRow, int To, int ToRow, bool IsOptional, bool IsUnique, string Meaning);
