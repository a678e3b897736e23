using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Running;

/// <summary>
/// What only the server knows of a statement: that a block added the enum value it uses, that the table it reindexes is
/// partitioned. Its refusal has rolled everything back, so that the transaction can be cut there and sent again.
/// </summary>
internal sealed partial class ScriptRunner
{
    /// <summary>Goes on as the server wants it.</summary>
    /// <returns>False where it cannot be done by a cut, or not safely.</returns>
    private async Task<bool> RecutAsync(ScriptFailure failure, CancellationToken cancellation)
    {
        if (failure is not { Segment: Segment.Transaction segment } || failure.Index >= segment.End || !failure.MayBeCut || failure.IsBound(segment))
        {
            return false;
        }

        await RollBackAsync(failure, cancellation);
        if (books is not null)
        {
            await books.RequireBegunAsync(cancellation);
        }

        patience?.Report(new RunEvent.CutAgain(Describe(failure.Index), Redaction.Clean(((PostgresException)failure.Cause!).MessageText, session.Address)));
        cut = cut.CutAt(segment, failure.Index, failure.RefusesTransaction ? LoneAt(failure.Index) : null);
        return true;
    }

    // What was done once more is known of these; of another, should its end not be seen, a person must say.
    private LoneStatement LoneAt(int index) =>
        cut.Statements[index].Keywords is ["REINDEX" or "CLUSTER" or "VACUUM", ..] ? new LoneStatement.Repeatable() : new LoneStatement.Opaque();
}
