using System.Collections.Immutable;
using Npgsql;
using Sluice.Studio.Storage;

namespace Sluice.Studio.Tables;

/// <summary>Staged changes, as the SQL that they are and then as one transaction.</summary>
internal static class Applying
{
    private const int Most = 5_000;

    public static string Shown(Outline outline, RowChanges changes) =>
        $"BEGIN;\n{string.Concat(Statements(outline, changes).Select(s => s.Shown() + ";\n"))}COMMIT;\n";

    /// <summary>All of them, or none.</summary>
    /// <returns>Null, or which change stands against another's.</returns>
    public static async Task<(Applied Result, bool Commit)> RunAsync(NpgsqlConnection connection, Outline outline, RowChanges changes, CancellationToken cancellation)
    {
        var statements = Statements(outline, changes);
        // Before the first: what a change of these brings about in rows of the others is nobody else's change.
        for (var i = 0; i < statements.Length; i++)
        {
            var (change, table) = (changes.Changes[i], outline.Require(changes.Changes[i].Table));
            if (change.Kind != "insert" && await Rows.FindAsync(connection, table, change.Key, cancellation) is var now && now?.Version != change.Version)
            {
                return (new Applied(0, new Conflict(i, now is null ? "The row is no longer there." : "The row was changed by another since it was read.", now)), false);
            }
        }

        for (var i = 0; i < statements.Length; i++)
        {
            int rows;
            try
            {
                await using var command = statements[i].For(connection);
                rows = await command.ExecuteNonQueryAsync(cancellation);
                if (rows == 0 && changes.Changes[i].Kind != "insert")
                {
                    await using var own = changes.Changes[i].ToSql(outline.Require(changes.Changes[i].Table), afterOwn: true).For(connection);
                    rows = await own.ExecuteNonQueryAsync(cancellation);
                }
            }
            catch (PostgresException refused)
            {
                throw new ChangeRefusedException(i, refused);
            }

            if (rows != 1)
            {
                var change = changes.Changes[i];
                var table = outline.Require(change.Table);
                var now = change.Kind == "insert" ? null : await Rows.FindAsync(connection, table, change.Key, cancellation);
                return (new Applied(0, new Conflict(i, now is null ? "The row is no longer there." : now.Version == change.Version ? "The row was not changed: a trigger or a policy kept it." : "The row was changed by another since it was read.", now)), false);
            }
        }

        return (new Applied(statements.Length, null), true);
    }

    private static ImmutableArray<SqlCommand> Statements(Outline outline, RowChanges changes) => changes.Changes switch
    {
        { IsDefaultOrEmpty: false } given when given.Contains(null!) => throw new RefusedException(400, "A change is null."),
        { IsDefaultOrEmpty: true } => throw new RefusedException(400, "There is nothing to apply."),
        { Length: > Most } => throw new RefusedException(400, $"These are {changes.Changes.Length} changes; at most {Most} are applied at once."),
        var all => [.. all.Select(c => c.ToSql(outline.Require(c.Table)))],
    };
}

/// <param name="Count">How many rows were changed; 0 where one stood against another's change.</param>
internal sealed record Applied(int Count, Conflict? Conflict);

/// <param name="Change">Which one, from 0.</param>
/// <param name="Now">The row as it is; null where it is gone.</param>
internal sealed record Conflict(int Change, string Message, WholeRow? Now);

/// <summary>The server refused a change.</summary>
internal sealed class ChangeRefusedException(int change, PostgresException refused) : Exception(refused.MessageText, refused)
{
    public int Change => change;

    public PostgresException Refused => refused;
}
