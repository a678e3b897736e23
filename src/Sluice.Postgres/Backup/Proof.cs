using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;

namespace Sluice.Postgres.Backup;

/// <summary>Restores an archive into a scratch database and compares it with what was dumped. The scratch database goes in any case.</summary>
internal static class Proof
{
    private const int Shown = 5;

    /// <exception cref="ProblemException">SL5103: it cannot be restored, or differs.</exception>
    public static async Task RequireAsync(
        RunSettings settings,
        BackupRequest request,
        DumpTools tools,
        DatabaseTraits traits,
        DatabaseContents expected,
        bool whole,
        string archive,
        CancellationToken cancellation)
    {
        await using var server = await NewDatabase.OpenServerAsync(settings.Address, cancellation);

        // Named like the other scratch databases, so that the next run drops it when this one is killed.
        var name = LeftoverShadows.NewName(settings.Clock.GetUtcNow());
        try
        {
            await LeftoverShadows.DropAsync(server, settings, cancellation);
            await NewDatabase.CreateAsync(server, name, traits, cancellation);
            var scratch = settings.Address with { Database = name, Options = $"{settings.Address.Options} -c synchronous_commit=off".Trim() };

            // Open all the while: a scratch database in which nobody is counts as left over.
            await using var connection = await ServerConnection.OpenAsync(scratch, cancellation);
            var errors = await Archive.RestoreAsync(
                archive, scratch, tools, new ArchiveOptions(whole, AsOwners: false, request.Jobs, expected.Tables.Length), request.Progress, cancellation);
            if (!errors.IsEmpty)
            {
                throw Unproved("it cannot be restored:", errors);
            }

            var differences = await DifferencesAsync(connection, whole, expected, request.Progress, cancellation);
            if (!differences.IsEmpty)
            {
                throw Unproved("restored, it differs from the database:", differences);
            }
        }
        finally
        {
            await NewDatabase.DropAsync(server, name);
        }
    }

    private static async Task<ImmutableArray<string>> DifferencesAsync(
        NpgsqlConnection connection,
        bool whole,
        DatabaseContents expected,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation)
    {
        await using var transaction = await DatabaseContents.BeginAsync(connection, cancellation);
        var wanted = expected.Tables.Select(t => new ObjectName(t.Schema, t.Name)).ToHashSet();
        ImmutableArray<ObjectName> there = [.. (await TableNames.ReadAsync(connection, cancellation)).Where(wanted.Contains)];
        var found = await DatabaseContents.ReadAsync(
            connection, there, (done, total) => progress?.Report(new BackupProgress(BackupPhase.Comparing, done, total)), cancellation);
        var objects = whole ? expected.Objects : expected.Objects.WithoutForeignKeys;
        return [.. DatabaseContents.RowDifferences(expected.Tables, found.Tables), .. objects.DifferencesTo(whole ? found.Objects : found.Objects.WithoutForeignKeys)];
    }

    private static ProblemException Unproved(string what, ImmutableArray<string> lines) => new(new Problem(
        "SL5103",
        $"The backup does not count: {what}\n{string.Join('\n', lines.Take(Shown).Select(l => "  " + l))}{(lines.Length > Shown ? $"\n  and {lines.Length - Shown} more" : "")}")
    {
        Remedies = ["Nothing was changed. Mend what is named, then run the command again."],
    });
}
