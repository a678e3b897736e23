using Npgsql;
using Sluice.Catalog;
using Sluice.Syntax;

namespace Sluice.Postgres.Reading;

internal sealed partial class CatalogAssembly
{
    private void ReadColumn(NpgsqlDataReader row)
    {
        if (!relationsByOid.TryGetValue(row.Oid(0), out var relation))
        {
            return;
        }

        if (row.GetBoolean(11))
        {
            relation.GeneratedColumns.Add(row.Text(2));
        }

        var isList = row.GetBoolean(6);
        var arity = isList ? FieldArity.List : row.GetBoolean(7) ? FieldArity.Required : FieldArity.Optional;
        var type = TypeOf(row.Oid(3), row.Text(4), row.GetInt32(5), isList);
        var value = row.TextOrNull(9) is { } text ? DefaultParser.Parse(text, type, arity) : null;
        var isIdentity = row.GetBoolean(8);
        relation.AddColumn(row.GetInt16(1), new Column(row.Text(2), type, arity, value, isIdentity || value is ColumnDefault.NextValue)
        {
            IsIdentity = isIdentity,
            Comment = row.TextOrNull(10),
        });
    }

    private ColumnType TypeOf(uint oid, string name, int modifier, bool isList)
    {
        if (enumTypes.TryGetValue(oid, out var enumName))
        {
            return new ColumnType.Enum(enumName);
        }

        // An array type is named after its element, with an underscore before it.
        var element = isList && name.StartsWith('_') ? name[1..] : name;
        return ColumnTypes.Native(element, modifier, isList) is { } native
            ? new ColumnType.Native(native)
            : new ColumnType.Unsupported(element);
    }
}
