using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Verifying;

/// <summary>
/// Looks for who made the differences: every row of the server's catalog names the transaction that wrote it last, and so do
/// the rows of the history and the journal, whose times are known.
/// </summary>
internal static class Traces
{
    public static async Task<ImmutableArray<Difference>> ReadAsync(RunSettings settings, NpgsqlConnection live, ImmutableArray<Change> changes, CancellationToken cancellation)
    {
        if (changes.IsEmpty)
        {
            return [];
        }

        // An age is counted from the newest transaction of the server; within one transaction of ours that stands still.
        await using var standing = await live.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var marks = changes.Select(Mark).ToArray();
        var hits = await HitsAsync(live, marks, cancellation);
        var events = await EventsAsync(settings, live, cancellation);
        var migrator = live.UserName!;
        await using (var role = new NpgsqlCommand("SELECT current_user::text", live))
        {
            migrator = (string)(await role.ExecuteScalarAsync(cancellation))!;
        }

        return [.. changes.Select((change, i) => new Difference(change, Of(marks[i], hits.GetValueOrDefault(i), events, migrator)))];
    }

    private static Trace Of(TraceMark mark, Hit? hit, List<(TraceEvent Event, long Age)> events, string migrator)
    {
        var tool = KnownTools.Of(mark.Id);
        return hit is null || !mark.IsTimed || hit.Age >= int.MaxValue
            ? new Trace(hit?.Owner, migrator, null, null, null, null, tool)
            : new Trace(
                hit.Owner,
                migrator,
                hit.Committed,
                events.Where(e => e.Age > hit.Age).OrderBy(e => e.Age).Select(e => e.Event).FirstOrDefault(),
                events.Where(e => e.Age == hit.Age).Select(e => e.Event).FirstOrDefault(),
                events.Where(e => e.Age < hit.Age).OrderByDescending(e => e.Age).Select(e => e.Event).FirstOrDefault(),
                tool);
    }

    private static TraceMark Mark(Change change) => change switch
    {
        Change.Renamed { Rename: Rename.Column r } => Part(r.Of, r.To),
        Change.Renamed { Rename: Rename.Table r } => Whole(r.To),
        Change.Renamed { Rename: Rename.Enum r } => Whole(r.To),
        Change.Renamed { Rename: Rename.EnumValue r } => Whole(r.Of),
        Change.Renamed { Rename: Rename.Sequence r } => Whole(r.To),
        Change.SchemaAdded c => Whole(new ObjectName("", c.Name)),
        Change.SchemaRemoved c => Gone(new ObjectName("", c.Name)),
        Change.ExtensionAdded c => Whole(new ObjectName("", c.Extension.Name)),
        Change.ExtensionRemoved c => Gone(new ObjectName("", c.Extension.Name)),
        Change.ExtensionChanged c => Whole(new ObjectName("", c.To.Name)),
        Change.EnumAdded c => Whole(c.Enum.Name),
        Change.EnumRemoved c => Gone(c.Enum.Name),
        Change.EnumChanged c => Whole(c.To.Name),
        Change.TableAdded c => Whole(c.Table.Name),
        Change.TableRemoved c => Gone(c.Table.Name),
        Change.ColumnAdded c => Part(c.Table, c.Column.Name),
        Change.ColumnRemoved c => Gone(c.Table),
        Change.ColumnChanged c => Part(c.Table, c.To.Name),
        Change.PrimaryKeyAdded c => Part(c.Table, c.Key.Name),
        Change.PrimaryKeyRemoved c => Gone(c.Table),
        Change.PrimaryKeyChanged c => Part(c.Table, c.To.Name),
        Change.PrimaryKeyRenamed c => Part(c.Table, c.To.Name),
        Change.IndexAdded c => Part(c.Table, c.Index.Name),
        Change.IndexRemoved c => Gone(c.Table),
        Change.IndexRenamed c => Part(c.Table, c.To.Name),
        Change.ForeignKeyAdded c => Part(c.Table, c.Key.Name),
        Change.ForeignKeyRemoved c => Gone(c.Table),
        Change.ForeignKeyRenamed c => Part(c.Table, c.To.Name),
        Change.ObjectAdded c => Of(c.Object.Id),
        Change.ObjectChanged c => Of(c.To.Id),
        Change.ObjectRemoved c => new TraceMark(c.Object.Id, false),
        _ => throw new System.Diagnostics.UnreachableException(change.GetType().Name),
    };

    private static TraceMark Whole(ObjectName name) => new(new ObjectId(ObjectKind.Table, name.Schema, name.Name), true);

    private static TraceMark Part(ObjectName table, string part) => new(new ObjectId(ObjectKind.Column, table.Schema, table.Name, part), true);

    private static TraceMark Gone(ObjectName left) => new(new ObjectId(ObjectKind.Table, left.Schema, left.Name), false);

    // These have no row of which this is known; rights are in the row of what they are rights to.
    private static TraceMark Of(ObjectId id) => id.Kind switch
    {
        ObjectKind.Comment or ObjectKind.DefaultGrant or ObjectKind.DefaultRevoke or ObjectKind.Clustering or ObjectKind.Inheritance or ObjectKind.PartitionKey => new TraceMark(id, false),
        ObjectKind.Grant or ObjectKind.Revoke => new TraceMark(id with { Part = "" }, true),
        _ => new TraceMark(id, true),
    };

    private static async Task<Dictionary<int, Hit>> HitsAsync(NpgsqlConnection live, TraceMark[] marks, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(TraceQueries.Hits, live);
        command.Parameters.Add(Texts([.. marks.Select(m => m.Id.Schema)]));
        command.Parameters.Add(Texts([.. marks.Select(m => m.Id.Name)]));
        command.Parameters.Add(Texts([.. marks.Select(m => m.Id.Part)]));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var hits = new Dictionary<int, Hit>();
        while (await reader.ReadAsync(cancellation))
        {
            hits[(int)reader.GetInt64(0) - 1] = new Hit(reader.GetString(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3));
        }

        return hits;
    }

    private static async Task<List<(TraceEvent Event, long Age)>> EventsAsync(RunSettings settings, NpgsqlConnection live, CancellationToken cancellation)
    {
        var events = new List<(TraceEvent, long)>();
        foreach (var (table, query) in TraceQueries.Histories(settings.Address.Schema))
        {
            if (await TraceQueries.IsReadableAsync(live, table, cancellation))
            {
                await ReadAsync(query);
            }
        }

        if (await JournalSchema.IsReadableAsync(live, cancellation) is true)
        {
            await ReadAsync(TraceQueries.Runs);
        }

        return events;

        async Task ReadAsync(string query)
        {
            await using var command = new NpgsqlCommand(query, live);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                events.Add((
                    new TraceEvent(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1), reader.IsDBNull(2) ? null : reader.GetString(2)),
                    reader.GetInt64(3)));
            }
        }
    }

    private static NpgsqlParameter Texts(string[] texts) => new() { Value = texts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    /// <param name="IsTimed">Its row tells when; what is gone has none.</param>
    private sealed record TraceMark(ObjectId Id, bool IsTimed);

    private sealed record Hit(string Owner, long Age, DateTimeOffset? Committed);
}
