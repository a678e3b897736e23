using System.Collections.Immutable;

namespace Sluice.Lint.Rules;

/// <summary>How much a finding matters.</summary>
public enum Level
{
    /// <summary>Could be better; shown by `lint` alone.</summary>
    Advice,

    /// <summary>Can hurt, or fails under circumstances.</summary>
    Warning,

    /// <summary>Loses data, stops others for as long as a table is large, or fails.</summary>
    Danger,
}

/// <summary>One thing that is known to go wrong with migrations. Ids are never renumbered or reused.</summary>
/// <param name="Title">What is found, in a few words.</param>
public sealed record Rule(string Id, string Title, Level Level)
{
    /// <summary>What happens.</summary>
    public required string Why { get; init; }

    /// <summary>What to do instead, for every case; a finding has it as SQL with the statement's own names.</summary>
    public required string Instead { get; init; }

    /// <summary>A script that it finds fault with, over <see cref="Examples.Schema"/>.</summary>
    public required string Bad { get; init; }

    /// <summary>One that it does not.</summary>
    public required string Good { get; init; }

    /// <summary>What of the server the examples need to be told, as `lint` learns it from a connection.</summary>
    public LintFacts Facts { get; init; } = LintFacts.None;

    /// <summary>Does no harm to a small table, or less.</summary>
    internal bool GrowsWithSize { get; init; }

    internal Func<Scene, IEnumerable<Hit>> Check { get; init; } = _ => [];

    public bool Equals(Rule? other) => other?.Id == Id;

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);
}

/// <summary>What a rule says of a statement.</summary>
/// <param name="Message">What was found, with names.</param>
/// <param name="Table">The table that it is about, by key; one that is new has nothing to fear. Null where that does not matter.</param>
/// <param name="Safe">The safe form as SQL; null for the rule's own words.</param>
internal sealed record Hit(string Message, string? Table = null, string? Safe = null)
{
    /// <summary>Other than the rule's.</summary>
    public Level? Level { get; init; }

    /// <summary>Asked at the end of the script: the finding falls when it answers true.</summary>
    public Func<Known.KnownSchema, bool>? Unless { get; init; }
}

/// <summary>What is known of the server beyond the scripts.</summary>
public sealed record LintFacts
{
    public static LintFacts None { get; } = new();

    /// <summary>As in `server_version_num`; null where it is not known.</summary>
    public int? ServerVersion { get; init; }

    /// <summary>By name, with the schema unless that is `public`.</summary>
    public IReadOnlyDictionary<string, TableSize> Sizes { get; init; } = ImmutableDictionary<string, TableSize>.Empty;

    /// <summary>The database's TimeZone is UTC; null where it is not known.</summary>
    public bool? IsUtc { get; init; }

    /// <summary>A transaction that has been open for long: who has it.</summary>
    public string? OldTransaction { get; init; }

    /// <summary>`snake_case`, or null for any.</summary>
    public string? Naming { get; init; }

    /// <summary>A table with less is small.</summary>
    public long SmallBytes { get; init; } = 8 << 20;

    public long SmallRows { get; init; } = 1000;
}

/// <param name="Bytes">With its indexes.</param>
/// <param name="Rows">The planner's estimate.</param>
/// <param name="Reads">Scans of it since statistics began.</param>
public sealed record TableSize(long Bytes, long Rows, long Reads);
