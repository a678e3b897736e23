using System.Globalization;
using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Importing;

/// <param name="Lines">That held something.</param>
internal sealed record ImportCounts(long Lines, long Added, long Updated, long Unchanged, long Skipped, long Rejected)
{
    public ImportCounts And(LineOutcome outcome) => outcome.Fate switch
    {
        LineFate.Added => this with { Lines = Lines + 1, Added = Added + 1 },
        LineFate.Updated => this with { Lines = Lines + 1, Updated = Updated + 1 },
        LineFate.Unchanged => this with { Lines = Lines + 1, Unchanged = Unchanged + 1 },
        LineFate.Skipped => this with { Lines = Lines + 1, Skipped = Skipped + 1 },
        _ => this with { Lines = Lines + 1, Rejected = Rejected + 1 },
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Lines} lines: {Added} added, {Updated} updated, {Unchanged} there already, {Skipped} skipped, {Rejected} rejected");
}

/// <summary>Reads lines and writes accounts, batch by batch. Run again after whatever ended it, it finds what is there and goes on.</summary>
internal sealed class Import(AuthDatabase database, AuditLog audit, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    /// <param name="rejected">Takes the lines that were rejected, as they came; null for nowhere.</param>
    public async Task<ImportCounts> RunAsync(Stream input, ImportArguments arguments, Stream? rejected, TextWriter progress, CancellationToken cancellation)
    {
        await CatalogCheck.RequireAsync(database, options.Value, cancellation);
        var store = new ImportStore(database);
        var batch = new ImportBatch(database, store, audit, await store.RoleTypeAsync(cancellation), options.Value.Roles.Administrator, arguments.OnConflict);
        var (counts, told, waiting) = (new ImportCounts(0, 0, 0, 0, 0, 0), clock.GetTimestamp(), new List<(NumberedLine, ImportedAccount)>(ImportBatch.Most));
        await using var connection = await database.Source.OpenConnectionAsync(cancellation);
        var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            await foreach (var line in NumberedLine.ReadAsync(input, cancellation))
            {
                var (account, problem) = line.Bytes is null ? (null, $"is longer than {NumberedLine.Longest} bytes, and is not copied") : ImportLine.Read(line.Bytes, database.Now, database.IsId);
                if (account is null || (problem = store.Lacking(account) ?? Raising(account, arguments)) is not null)
                {
                    await CountAsync(new LineOutcome(line, LineFate.Rejected, problem));
                    continue;
                }

                waiting.Add((line, account));
                if (waiting.Count == ImportBatch.Most && !await WriteAsync())
                {
                    return counts;
                }
            }

            await WriteAsync();
            return counts;
        }
        finally
        {
            // What is not committed by now is not meant to be.
            await transaction.DisposeAsync();
        }

        // Whoever runs the command makes administrators by another one, too; a request does it for one account at a time, as the audit has it.
        string? Raising(ImportedAccount account, ImportArguments arguments) =>
            arguments.By.UserId is not null && account.Role == options.Value.Roles.Administrator ? "has the administrators' role, which no request imports: leave it out, and give it to the account afterwards" : null;

        async Task<bool> WriteAsync()
        {
            if (waiting.Count == 0)
            {
                return true;
            }

            var outcomes = await batch.WriteAsync(transaction, waiting, arguments, cancellation);
            waiting.Clear();
            if (arguments.OnConflict is OnConflict.Fail && outcomes.FirstOrDefault(o => o.Problem is not null) is { } first)
            {
                await CountAsync(first);
                await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"stopped; lines from {outcomes[0].Line.Number} on are not imported"));
                return false;
            }

            if (!arguments.IsDryRun)
            {
                await transaction.CommitAsync(cancellation);
                await transaction.DisposeAsync();
                transaction = await connection.BeginTransactionAsync(cancellation);
            }

            foreach (var outcome in outcomes)
            {
                await CountAsync(outcome);
            }

            if (clock.GetElapsedTime(told) >= ProgressEvery)
            {
                told = clock.GetTimestamp();
                await progress.WriteLineAsync(counts.ToString());
            }

            return true;
        }

        async Task CountAsync(LineOutcome outcome)
        {
            counts = counts.And(outcome);
            if (outcome.Problem is null)
            {
                return;
            }

            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"line {outcome.Line.Number} {outcome.Problem}"));
            if (rejected is not null && outcome.Line.Bytes is { } bytes)
            {
                await rejected.WriteAsync(bytes, cancellation);
                await rejected.WriteAsync("\n"u8.ToArray(), cancellation);
            }
        }
    }
}
