using Sluice.Catalog;
using Sluice.Lint.Statements;
using Sluice.Text;

namespace Sluice.Lint.Known;

/// <summary>What is known of a table, view or materialized view at one place of a script.</summary>
internal sealed class Relation(string key, ObjectName name, RelationKind kind)
{
    /// <summary>Its name, with the schema unless that is `public`.</summary>
    public string Key { get; set; } = key;

    public ObjectName Name { get; } = name;

    public RelationKind Kind { get; } = kind;

    /// <summary>Made by the scripts that are looked at, and not filled: nobody else uses it, and it holds nothing.</summary>
    public bool New { get; set; }

    /// <summary>Its making was seen, so that what is not listed is not there.</summary>
    public bool Whole { get; init; }

    public bool Partitioned { get; init; }

    public string? Parent { get; set; }

    /// <summary>The partition for what no other one takes.</summary>
    public bool IsDefault { get; set; }

    public List<KnownColumn> Columns { get; } = [];

    public List<KnownConstraint> Constraints { get; } = [];

    public List<KnownIndex> Indexes { get; } = [];

    /// <summary>What a view reads, by key.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>A view's query.</summary>
    public Expression Query { get; init; } = Expression.Nothing;

    public HashSet<string> Triggers { get; } = new(StringComparer.Ordinal);

    public int Policies { get; set; }

    public bool RowSecurity { get; set; }

    /// <summary>The index by which replicas tell rows apart; null for the primary key.</summary>
    public string? ReplicaIndex { get; set; }

    public KnownColumn? Column(string column) => Columns.Find(c => c.Name == column);

    /// <summary>A CHECK that holds for every row and says that the column is not null.</summary>
    public bool ProvesNotNull(string column) => Constraints.Exists(c =>
        c.Valid && (c.Kind is ConstraintKind.Check && c.Check is { } check && SaysNotNull(check.Canonical, column) || (c.Kind is ConstraintKind.NotNull && c.Columns.Items.Contains(column))));

    private static bool SaysNotNull(string check, string column)
    {
        var bare = check.Replace("( ", "", StringComparison.Ordinal).Replace(" )", "", StringComparison.Ordinal);
        return bare.Split(" and ").Any(part => part == $"{column} is not null") && !bare.Contains(" or ", StringComparison.Ordinal);
    }
}

/// <param name="Type">Null where it was never said.</param>
internal sealed record KnownColumn(string Name, SqlType? Type)
{
    public bool NotNull { get; init; }

    public bool HasDefault { get; init; }

    public Expression? Generated { get; init; }
}

internal sealed record KnownConstraint(string Name, ConstraintKind Kind)
{
    public EquatableArray<string> Columns { get; init; } = [];

    public Expression? Check { get; init; }

    /// <summary>Key of the referenced table.</summary>
    public string? References { get; init; }

    public bool Valid { get; init; } = true;

    public bool Cascades { get; init; }
}

/// <param name="Columns">Null for an expression.</param>
internal sealed record KnownIndex(string Name, EquatableArray<string?> Columns, bool Unique)
{
    public bool Partial { get; init; }

    /// <summary>Of a PRIMARY KEY, UNIQUE or EXCLUDE.</summary>
    public bool OfConstraint { get; init; }

    /// <summary>What an expression or a predicate needs.</summary>
    public EquatableArray<string> Words { get; init; } = [];

    public bool Uses(string column) => Columns.Items.Contains(column) || Words.Items.Contains(column);
}

internal sealed record KnownDomain(SqlType Base, bool Constrained);
