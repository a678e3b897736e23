using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Postgres.Online;

/// <summary>One table in both versions.</summary>
/// <param name="Columns">In the order in which the table will have them, those that go last.</param>
/// <param name="Indexes">Those that are built beside the old ones.</param>
/// <param name="Keys">Foreign keys of this table that are made beside the old ones.</param>
/// <param name="OldKeys">Foreign keys of this table that go.</param>
/// <param name="OldPrimaryKey">The primary key that goes though none of its columns does.</param>
internal sealed record TableVersions(
    int Ordinal,
    ObjectName Old,
    ObjectName New,
    ImmutableArray<ColumnVersions> Columns,
    ImmutableArray<NewIndex> Indexes,
    ImmutableArray<NewKey> Keys,
    ImmutableArray<string> OldKeys,
    string? OldPrimaryKey)
{
    /// <summary>Columns whose values follow from one another: each that is in the table twice, and those that go with those that come in their place.</summary>
    public ImmutableArray<ColumnGroup> Groups { get; } =
    [
        .. Columns.Where(c => c.IsDouble).Select(c => new ColumnGroup([c], [c])),
        .. Columns.Any(c => c.IsWrittenForward && c.IsAdded || c.IsWrittenBack && c.IsRemoved)
            ? [new ColumnGroup([.. Columns.Where(c => c.IsWrittenForward && c.IsAdded)], [.. Columns.Where(c => c.IsWrittenBack && c.IsRemoved)])]
            : ImmutableArray<ColumnGroup>.Empty,
    ];

    /// <summary>Rows of one version are written by the other's clients.</summary>
    public bool HasTrigger => Groups.Any(g => !g.Forward.IsEmpty || !g.Back.IsEmpty);

    public IEnumerable<ColumnVersions> Forward => Groups.SelectMany(g => g.Forward);

    /// <summary>Clients of the two versions see another table.</summary>
    public bool IsVersioned => Old != New || Columns.Any(c => !c.IsKept || c.Old != c.New || c.DefaultDiffers);

    /// <summary>Its contraction has something to do.</summary>
    public bool IsContracted => IsVersioned || !Indexes.IsEmpty || !Keys.IsEmpty || OldPrimaryKey is not null;
}

/// <param name="Forward">Columns of the version after, written for the clients of the version before.</param>
/// <param name="Back">The other way.</param>
internal sealed record ColumnGroup(ImmutableArray<ColumnVersions> Forward, ImmutableArray<ColumnVersions> Back);

/// <summary>An index that is built beside the table's own and takes its name at the contraction.</summary>
internal sealed record NewIndex(string Temporary, string Name, NewIndexRole Role, string Sql);

internal enum NewIndexRole
{
    Plain,
    Unique,
    PrimaryKey,
}

/// <param name="Sql">Adds it, not validated.</param>
/// <param name="Other">The table that it refers to.</param>
internal sealed record NewKey(string Temporary, string Name, string Sql, ObjectName Other);

/// <summary>An enum whose type is made anew.</summary>
internal sealed record NewEnum(ObjectName Name, ImmutableArray<string> Values);

/// <summary>Everything that is different between the two versions, and that is carried out here.</summary>
/// <param name="Schema">Where the version after is served.</param>
/// <param name="AsInvoker">Views ask with the client's rights (from version 15 on), so that policies hold.</param>
internal sealed record VersionPlan(string Base, string Schema, ImmutableArray<TableVersions> Tables, ImmutableArray<NewEnum> Enums, bool AsInvoker);
