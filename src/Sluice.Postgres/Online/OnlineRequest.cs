using System.Collections.Immutable;
using Sluice.Postgres.Backfilling;

namespace Sluice.Postgres.Online;

/// <summary>What `migrate online start` is told beside the migration.</summary>
public sealed record OnlineRequest
{
    /// <summary>`table.column = expression`: what the new version's column is, told by columns of the old.</summary>
    public ImmutableArray<string> Set { get; init; } = [];

    /// <summary>`table.column = expression`: what the old version's column is, told by columns of the new.</summary>
    public ImmutableArray<string> Back { get; init; } = [];

    /// <summary>How gently the rows that are there are written; its table and expressions do not matter.</summary>
    public BackfillRequest Pace { get; init; } = new("", "");
}
