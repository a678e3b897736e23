using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Fields;

/// <summary>What must hold of each scalar field.</summary>
internal static class FieldRules
{
    public static void Check(ScalarFieldBinding field)
    {
        if (field.Entity.Schema.Datasource is null)
        {
            CheckWithoutDatabase(field);
        }

        NativeTypeAttribute.Check(field);
        DefaultRules.Check(field);
        UnsupportedRules.Check(field);
    }

    private static void CheckWithoutDatabase(ScalarFieldBinding field)
    {
        if (field is { Scalar: ScalarKind.Json, Arity: FieldArity.List })
        {
            field.Report(field.Syntax.Span, FieldMistakes.TypeNeedsDatasource(field.Name, "Json[]"));
        }

        if (field.Scalar is ScalarKind.Decimal)
        {
            field.Report(field.Syntax.Span, FieldMistakes.TypeNeedsDatasource(field.Name, "Decimal"));
        }

        if (field.Arity is FieldArity.List)
        {
            field.Report(field.Syntax.Span, FieldMistakes.ListsNeedDatasource(field.Name));
        }
    }
}
