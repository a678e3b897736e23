using System.Collections.Immutable;

namespace Sluice.Sql;

/// <summary>A few commands of a script that belong together.</summary>
/// <param name="Title">The comment above them.</param>
/// <param name="Statements">Without their semicolons.</param>
internal sealed record Passage(string Title, ImmutableArray<string> Statements)
{
    /// <summary>A script that commits on its way commits neither before it nor within it.</summary>
    public bool IsJoined { get; init; }

    /// <summary>It begins a transaction and is committed as a whole, with what is joined to it.</summary>
    public bool IsApart { get; init; }

    /// <summary>The columns whose values go here: what is kept of them is kept just before.</summary>
    public ImmutableArray<string> Loses { get; init; } = [];
}
