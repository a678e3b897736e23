using System.Diagnostics;
using Sluice.Model;
using Sluice.Text;

namespace Sluice.Catalog;

public static partial class CatalogBuilder
{
    private static ColumnDefault? Default(ObjectName table, ScalarField field, Names names) => field.Default switch
    {
        null or DefaultValue.Client => null,
        DefaultValue.Now => new ColumnDefault.Now(),
        DefaultValue.AutoIncrement => IsSerial(field) ? new ColumnDefault.NextValue(SequenceNames.Of(table.Name, field.ColumnName)) : null,
        DefaultValue.DbGenerated { Sql: var sql } => new ColumnDefault.Expression(sql),
        var literal => Literal(literal, field.Type, names),
    };

    private static ColumnDefault Literal(DefaultValue value, FieldType type, Names names) => (value, type) switch
    {
        (DefaultValue.List list, _) => new ColumnDefault.List([.. list.Items.Items.Select(i => Literal(i, type, names))]),
        (DefaultValue.Text text, FieldType.Scalar { Kind: ScalarKind.Bytes }) => new ColumnDefault.Bytes(Base64(text.Value)),
        (DefaultValue.Text text, FieldType.Scalar { Kind: ScalarKind.DateTime }) => new ColumnDefault.Text(DateTimeText.Format(text.Value)),
        (DefaultValue.Text text, FieldType.Scalar { Kind: ScalarKind.Decimal }) => new ColumnDefault.Number(NumberText.Format(text.Value)),
        (DefaultValue.Text text, _) => new ColumnDefault.Text(text.Value),
        (DefaultValue.Number number, _) => new ColumnDefault.Number(NumberText.Format(number.Value)),
        (DefaultValue.Boolean boolean, _) => new ColumnDefault.Boolean(boolean.Value),
        (DefaultValue.EnumMember member, FieldType.Enum { Name: var name }) => new ColumnDefault.EnumLabel(Label(names.Enums[name], member.Name)),
        _ => throw new UnreachableException(value.GetType().Name),
    };

    private static string Label(EnumDefinition definition, string member) =>
        definition.Values.Items.FirstOrDefault(v => v.Name == member)?.DatabaseName ?? member;

    private static EquatableArray<byte> Base64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? [.. bytes.AsSpan(0, length)] : [];
    }
}
