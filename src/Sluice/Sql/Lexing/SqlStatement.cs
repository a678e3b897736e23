using Sluice.Text;

namespace Sluice.Sql.Lexing;

/// <summary>One statement of a script, without its semicolon and without the comments before and after it.</summary>
/// <param name="Span">Where it stands in the script.</param>
/// <param name="Keywords">Its first words in upper case, at most six, up to the first thing that is no bare word.</param>
/// <param name="Transaction">What it does to the transaction it runs in.</param>
/// <param name="ReturnsRows">It may answer with rows.</param>
public sealed record SqlStatement(TextSpan Span, EquatableArray<string> Keywords, TransactionControl Transaction, bool ReturnsRows)
{
    public string Text(string script) => script.Substring(Span.Start, Span.Length);
}

public enum TransactionControl
{
    /// <summary>Nothing: it takes part in whatever transaction is open.</summary>
    None,
    Begin,

    /// <summary>COMMIT, END, ROLLBACK, ABORT, PREPARE TRANSACTION.</summary>
    End,

    /// <summary>COMMIT AND CHAIN, ROLLBACK AND CHAIN: ends one and begins the next.</summary>
    EndAndBegin,
}
