namespace Sluice.Sql.Segments;

/// <summary>A stretch of a script that is committed at once.</summary>
/// <param name="First">Its first statement, from 0.</param>
/// <param name="End">One past its last.</param>
public abstract record Segment(int First, int End)
{
    /// <summary>Begun and committed by whoever runs it.</summary>
    public sealed record Transaction(int First, int End) : Segment(First, End);

    /// <summary>Ended by the script's own COMMIT or ROLLBACK, its last statement.</summary>
    /// <param name="Opening">Who begins it.</param>
    /// <param name="Keeps">False for one that ends in ROLLBACK: nothing written in it stays.</param>
    public sealed record Scripted(int First, int End, Opening Opening, bool Keeps) : Segment(First, End);

    /// <summary>A single statement that refuses a transaction, or commits by itself.</summary>
    public sealed record Alone(int First, LoneStatement Statement) : Segment(First, First + 1);
}

public enum Opening
{
    /// <summary>The first statement is the script's BEGIN.</summary>
    Own,

    /// <summary>Nothing does: whoever runs it must.</summary>
    Missing,

    /// <summary>The AND CHAIN before it did.</summary>
    Chained,
}
