using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Plan;

namespace Sluice.Sql;

public static partial class SqlWriter
{
    private static ImmutableArray<string> Write(Rename rename, SqlNames names) => rename switch
    {
        Rename.Table r => Renamed("TABLE", r.From, r.To, names),
        Rename.Enum r => Renamed("TYPE", r.From, r.To, names),
        Rename.Sequence r => Renamed("SEQUENCE", r.From, r.To, names),
        Rename.Column r => [$"ALTER TABLE {names.Of(r.Of)} RENAME COLUMN {SqlNames.Quote(r.From)} TO {SqlNames.Quote(r.To)}"],
        Rename.EnumValue r => [$"ALTER TYPE {names.Of(r.Of)} RENAME VALUE {SqlNames.Literal(r.From)} TO {SqlNames.Literal(r.To)}"],
        _ => throw new UnreachableException(rename.GetType().Name),
    };

    private static ImmutableArray<string> Renamed(string kind, ObjectName before, ObjectName after, SqlNames names)
    {
        var moved = before with { Schema = after.Schema };
        return
        [
            .. moved == before ? ImmutableArray<string>.Empty : [$"ALTER {kind} {names.Of(before)} SET SCHEMA {SqlNames.Quote(after.Schema)}"],
            .. moved == after ? ImmutableArray<string>.Empty : [$"ALTER {kind} {names.Of(moved)} RENAME TO {SqlNames.Quote(after.Name)}"],
        ];
    }

    private static string Title(Rename rename) => "Rename" + rename.GetType().Name;
}
