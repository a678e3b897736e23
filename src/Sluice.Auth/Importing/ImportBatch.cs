using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Importing;

/// <summary>What happens to accounts whose address is taken already.</summary>
internal enum OnConflict
{
    /// <summary>The line is rejected.</summary>
    Report,

    /// <summary>The account stays as it is, and that is well.</summary>
    Skip,

    /// <summary>It becomes what the line says, unless its owner has signed in here since.</summary>
    Update,

    /// <summary>The import ends there.</summary>
    Fail,
}

/// <summary>What became of a line.</summary>
/// <param name="Problem">Null unless it was rejected.</param>
internal sealed record LineOutcome(NumberedLine Line, LineFate Fate, string? Problem = null);

internal enum LineFate
{
    Added,
    Updated,

    /// <summary>The account is there as the line says: an earlier run has brought it.</summary>
    Unchanged,
    Skipped,
    Rejected,
}

/// <summary>Writes a batch of lines with its audit entry, all in one transaction, so that a run that is killed leaves whole batches only.</summary>
internal sealed class ImportBatch(AuthDatabase database, ImportStore store, AuditLog audit, string roleType, string administrator, OnConflict onConflict)
{
    /// <summary>Lines in one transaction.</summary>
    public const int Most = 1000;

    private const string Before = "before_batch";
    private const string SignedIn = "is of an account that differs and whose owner has signed in here since: it stays as it is";

    /// <param name="arguments">What the audit says of who wants it, and of where the lines came from.</param>
    public async Task<IReadOnlyList<LineOutcome>> WriteAsync(
        NpgsqlTransaction transaction, IReadOnlyList<(NumberedLine Line, ImportedAccount Account)> lines, ImportArguments arguments, CancellationToken cancellation)
    {
        var outcomes = new List<LineOutcome>(lines.Count);
        await WriteAsync(transaction, lines, outcomes, cancellation);
        if (outcomes.Any(o => o.Fate is LineFate.Added or LineFate.Updated))
        {
            await ExecuteAsync(transaction, [audit.Entry(Entry(outcomes, arguments))], cancellation);
        }

        return outcomes;
    }

    // Where the database refuses one of them it refuses all; halves of halves tell which it is.
    private async Task WriteAsync(
        NpgsqlTransaction transaction, IReadOnlyList<(NumberedLine Line, ImportedAccount Account)> lines, List<LineOutcome> outcomes, CancellationToken cancellation)
    {
        await transaction.SaveAsync(Before, cancellation);
        try
        {
            outcomes.AddRange(await WriteLinesAsync(transaction, lines, cancellation));
            await transaction.ReleaseAsync(Before, cancellation);
        }
        catch (PostgresException refused) when (IsOfTheLine(refused))
        {
            await transaction.RollbackAsync(Before, cancellation);
            await transaction.ReleaseAsync(Before, cancellation);
            if (lines.Count == 1)
            {
                outcomes.Add(new(lines[0].Line, LineFate.Rejected, Said(refused)));
                return;
            }

            await WriteAsync(transaction, [.. lines.Take(lines.Count / 2)], outcomes, cancellation);
            await WriteAsync(transaction, [.. lines.Skip(lines.Count / 2)], outcomes, cancellation);
        }
    }

    private async Task<IReadOnlyList<LineOutcome>> WriteLinesAsync(
        NpgsqlTransaction transaction, IReadOnlyList<(NumberedLine Line, ImportedAccount Account)> lines, CancellationToken cancellation)
    {
        var adding = lines.Select(l => store.Adding(l.Account, roleType, database.Now)).ToList();
        await ExecuteAsync(transaction, adding, cancellation);
        var outcomes = lines.Zip(adding, (l, a) => a.RecordsAffected == 1 ? new LineOutcome(l.Line, LineFate.Added) : null).ToArray();
        if (outcomes.All(o => o is not null))
        {
            return outcomes!;
        }

        var there = await store.FindAsync(transaction.Connection!, [.. lines.Where((_, i) => outcomes[i] is null).Select(l => l.Account.Email)], administrator, cancellation);
        var updating = new List<(int At, NpgsqlBatchCommand Command)>();
        for (var i = 0; i < lines.Count; i++)
        {
            var (line, account) = lines[i];
            if (outcomes[i] is null && (outcomes[i] = Judge(line, account, there.GetValueOrDefault(account.Email))) is null)
            {
                updating.Add((i, store.Updating(there[account.Email].Id, account.Changing(there[account.Email]), roleType, administrator, database.Now)));
            }
        }

        if (updating.Count > 0)
        {
            await ExecuteAsync(transaction, updating.Select(u => u.Command), cancellation);
        }

        foreach (var (i, command) in updating)
        {
            outcomes[i] = command.RecordsAffected == 1 ? new LineOutcome(lines[i].Line, LineFate.Updated) : new LineOutcome(lines[i].Line, LineFate.Rejected, SignedIn);
        }

        return outcomes!;
    }

    /// <returns>Null for what is to be updated.</returns>
    private LineOutcome? Judge(NumberedLine line, ImportedAccount account, ExistingAccount? there) =>
        there is null ? new(line, LineFate.Rejected, "has an id or a username that is another account's")
        : account.IsThere(there) ? new(line, LineFate.Unchanged)
        : onConflict is OnConflict.Skip ? new(line, LineFate.Skipped)
        : onConflict is not OnConflict.Update ? new(line, LineFate.Rejected, "has the email of an account that differs: --on-conflict skip keeps that one, update makes it as the line says")
        : account.Id is { } id && id != there.Id ? new(line, LineFate.Rejected, "has the email of an account with another id, and ids do not change: leave the id out")
        : account.HasSignedIn(there) ? new(line, LineFate.Rejected, SignedIn)
        : there.Administrates && account.Changing(there).ChangesAccess ? new(line, LineFate.Rejected, "is of an administrator, whose role, password and isActive no import changes: leave out what differs")
        : account.Role == administrator && !there.Administrates ? new(line, LineFate.Rejected, $"makes an account that is there an administrator, which no import does: leave the role out, and grant it (sluice-auth grant {administrator} to it)")
        : null;

    private static async Task ExecuteAsync(NpgsqlTransaction transaction, IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static AuditEvent Entry(List<LineOutcome> outcomes, ImportArguments arguments) => arguments.By with
    {
        New = new JsonObject
        {
            ["source"] = arguments.Source,
            ["firstLine"] = outcomes[0].Line.Number,
            ["lastLine"] = outcomes[^1].Line.Number,
            ["added"] = outcomes.Count(o => o.Fate is LineFate.Added),
            ["updated"] = outcomes.Count(o => o.Fate is LineFate.Updated),
        },
    };

    // A value that its column does not take, or a constraint; all else is no fault of a line.
    private static bool IsOfTheLine(PostgresException refused) => refused.SqlState.StartsWith("22", StringComparison.Ordinal) || refused.SqlState.StartsWith("23", StringComparison.Ordinal);

    // Not the message, which can repeat the value.
    private static string Said(PostgresException refused) => string.Create(
        CultureInfo.InvariantCulture, $"is refused by the database ({refused.SqlState}{(refused.ConstraintName is { } constraint ? $", {constraint}" : refused.ColumnName is { } column ? $", {column}" : "")})");
}
