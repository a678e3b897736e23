using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using static Sluice.Postgres.Online.Spelling;

namespace Sluice.Postgres.Online;

/// <summary>Values that go with a version. Those that the other version's follow from, or that follow from the other's, are no loss.</summary>
internal static class LossSteps
{
    /// <param name="served">The ordinal of the step from which on clients of the version after can write.</param>
    public static IEnumerable<OnlineStep> Of(TableVersions table, int served)
    {
        var row = new RowSql(table);
        foreach (var column in table.Columns)
        {
            var group = table.Groups.FirstOrDefault(g => g.Forward.Contains(column) || g.Back.Contains(column));
            if (column.IsAdded && group?.Back.IsEmpty is not false)
            {
                var usual = column.Forward is not null ? row.Forward(column, "r", stored: true) : $"({(column.Sequence is null ? column.Default : null) ?? "NULL"})::{column.NewType}";
                yield return Count(table, OnlineState.Rollback, $"{table.New.Name}.{column.New}", column.Physical, usual, served);
            }
            else if (column.IsRemoved && group?.Forward.IsEmpty is not false)
            {
                yield return Count(table, OnlineState.Contract, $"{table.Old.Name}.{column.Old}", column.Old!, column.Back is not null ? row.Back(column, "r", stored: true) : $"NULL::{column.OldType}", served);
            }
        }
    }

    /// <exception cref="ProblemException">SL5137: there are such values, and nobody has said that they may go.</exception>
    public static async Task RequireConsentAsync(NpgsqlConnection connection, IEnumerable<OnlineStep> back, string state, bool anyLoss, CancellationToken cancellation)
    {
        var lost = new List<string>();
        foreach (var step in anyLoss ? [] : back.Where(s => s.Kind is OnlineStepKind.Loss && s.State == state))
        {
            await using var command = new NpgsqlCommand(step.Statements[0], connection) { CommandTimeout = 0 };
            if (await command.ExecuteScalarAsync(cancellation) is long and > 0 and var count)
            {
                lost.Add($"  {step.Title}: {count}");
            }
        }

        if (lost.Count > 0)
        {
            var (which, verb) = state == OnlineState.Rollback ? ("only the version after has", "rollback") : ("only the version before has", "complete");
            throw new ProblemException(new Problem("SL5137", $"Values would be lost that {which}; nothing was changed.\n{string.Join('\n', lost)}")
            {
                Remedies = ["Copy them to where they are to be kept, then run this command again.", $"If the loss is accepted: sluice migrate online {verb} --accept-data-loss"],
            });
        }
    }

    private static OnlineStep Count(TableVersions table, string state, string title, string column, string usual, int served) =>
        new(state, OnlineStepKind.Loss, title, [], [$"SELECT pg_catalog.count(*) FROM {Quote(table.Old)} AS r WHERE {RowSql.Differ([$"r.{Quote(column)}"], [usual])}"]) { Undoes = [served] };
}
