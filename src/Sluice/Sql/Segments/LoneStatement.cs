using Sluice.Text;

namespace Sluice.Sql.Segments;

/// <summary>What a statement outside any transaction does, as far as its traces in the catalog tell whether it was done.</summary>
public abstract record LoneStatement
{
    private LoneStatement()
    {
    }

    /// <summary>CREATE INDEX CONCURRENTLY: a failed one stays behind, marked invalid.</summary>
    /// <param name="Name">As the catalog has it; empty where the server is to make one up.</param>
    /// <param name="Table">As the script spells it, schema and quotes included.</param>
    /// <param name="IfNotExists">Would take an invalid leftover for the index.</param>
    public sealed record CreateIndex(string Name, string Table, bool IfNotExists) : LoneStatement;

    /// <summary>REINDEX INDEX or TABLE CONCURRENTLY: a failed one leaves an invalid copy.</summary>
    /// <param name="Relation">The index or the table as the script spells it.</param>
    public sealed record Reindex(string Relation) : LoneStatement;

    public sealed record DropIndex(EquatableArray<string> Names) : LoneStatement;

    /// <summary>DETACH PARTITION CONCURRENTLY: one that was interrupted must be finalized.</summary>
    public sealed record DetachPartition(string Parent, string Partition) : LoneStatement;

    /// <summary>A database, tablespace or subscription is made; there or not there.</summary>
    /// <param name="Kind">`DATABASE`, `TABLESPACE`, `SUBSCRIPTION`.</param>
    /// <param name="Name">Folded as the server does.</param>
    public sealed record CreateShared(string Kind, string Name) : LoneStatement;

    public sealed record DropShared(string Kind, string Name) : LoneStatement;

    /// <summary>Doing it twice is as doing it once: VACUUM, CLUSTER, ALTER SYSTEM, REINDEX of a schema.</summary>
    public sealed record Repeatable : LoneStatement;

    /// <summary>Only a person can tell whether it was done: a procedure or a block that commits.</summary>
    public sealed record Opaque : LoneStatement;
}
