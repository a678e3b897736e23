using Npgsql;

namespace Sluice.Postgres.Running;

/// <summary>Whoever a statement that should take a moment waits for, seen from another session, and told once.</summary>
internal sealed class BlockerWatch(NpgsqlConnection books, RunSettings settings, TimeSpan firstLook)
{
    private string told = "";

    /// <summary>Who was in the way last; empty for nobody.</summary>
    public string Blocker { get; private set; } = "";

    /// <param name="worker">The server process that the statement was sent to.</param>
    public async Task<T> AwaitAsync<T>(Task<T> sent, int worker, CancellationToken cancellation)
    {
        try
        {
            if (await Task.WhenAny(sent, Task.Delay(firstLook, CancellationToken.None)) != sent && !cancellation.IsCancellationRequested
                && (await ActivityQueries.LookAsync(books, worker, CancellationToken.None)).Blockers is [var first, ..])
            {
                Blocker = first.Text;
                if (told != first.Key)
                {
                    told = first.Key;
                    settings.Progress?.Report(new RunEvent.Blocked(first.Text, firstLook));
                }
            }
        }
        finally
        {
            // Whatever the look came to: a connection is not used, nor closed, under a statement that has not ended.
            await sent;
        }

        return await sent;
    }
}
