using Sluice.Catalog;
using Sluice.Model;
using Index = Sluice.Catalog.Index;

namespace Sluice.CodeGen.EFCore;

/// <summary>The method of the context that maps one class to its table, every name written out.</summary>
internal static class ConfigurationWriter
{
    public static string MethodOf(string entity) => "Map" + entity;

    public static void Write(CodeText code, TypeNamesInCode types, EntityShape entity, IEnumerable<ReferenceShape> references, IEnumerable<JoinShape> joins)
    {
        code.Open($"private static void {MethodOf(entity.Name)}({types.Of("Microsoft.EntityFrameworkCore.Metadata.Builders", "EntityTypeBuilder")}<{entity.Name}> entity)");
        code.Line($"entity.{(entity.IsView ? "ToView" : "ToTable")}({Name(entity.Table)});");
        code.Line(entity.Key is { } key ? $"entity.HasKey({Lambda(key.Properties)}).HasName({CodeLiteral.Text(key.Name)});" : "entity.HasNoKey();");
        foreach (var alternate in entity.AlternateKeys)
        {
            code.Line($"entity.HasAlternateKey({Lambda(alternate.Properties)}).HasName({CodeLiteral.Text(alternate.Name)});");
        }

        foreach (var property in entity.Properties)
        {
            code.Chain($"entity.Property(e => e.{property.Name})", Calls(property, entity, types));
        }

        if (entity.HasRowVersion)
        {
            code.Line("entity.Property<uint>(\"xmin\").IsRowVersion();");
        }

        foreach (var index in entity.Indexes)
        {
            code.Chain($"entity.HasIndex({Lambda(index.Properties)}, {CodeLiteral.Text(index.Index.Name)})", Calls(index.Index));
        }

        if (entity.SoftDelete is { } deleted)
        {
            code.Line($"entity.HasSoftDelete({CodeLiteral.Text(deleted)}, e => e.{deleted} == null);");
        }

        // The principal's file would do as well; the one with the foreign key is where a reader looks.
        foreach (var reference in references)
        {
            RelationWriter.Write(code, reference, types);
        }

        foreach (var join in joins)
        {
            RelationWriter.Write(code, join, types);
        }

        code.Close();
    }

    public static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(CodeLiteral.Text));

    /// <summary>`e => e.Id`, or `e => new { e.A, e.B }`.</summary>
    public static string Lambda(IReadOnlyList<string> properties) => properties is [var only]
        ? $"e => e.{only}"
        : $"e => new {{ {string.Join(", ", properties.Select(p => "e." + p))} }}";

    public static string Name(ObjectName name) =>
        name.Schema.Length == 0 ? CodeLiteral.Text(name.Name) : $"{CodeLiteral.Text(name.Name)}, {CodeLiteral.Text(name.Schema)}";

    public static IEnumerable<string> Calls(PropertyShape property, EntityShape? entity, TypeNamesInCode types)
    {
        yield return $".HasColumnName({CodeLiteral.Text(property.Column)})";
        yield return $".HasColumnType({CodeLiteral.Text(property.StoreType)})";
        if (property is { Type.Converter: { } converter, IsList: false })
        {
            yield return $".HasConversion({types.Of("Sluice.EntityFrameworkCore.Mapping", "Timestamps")}.{converter})";
        }

        yield return $".IsRequired({CodeLiteral.Boolean(!property.IsNullable)})";
        switch (property.Default)
        {
            case PropertyDefault.Constant constant:
                // What the class starts with is what the database would put there, so it is left to the database.
                yield return $".HasDefaultValue({constant.Code})";
                yield return $".HasSentinel({constant.Code})";
                break;
            case PropertyDefault.Sql sql:
                yield return $".HasDefaultValueSql({CodeLiteral.Text(sql.Text)})";
                break;
            case PropertyDefault.Unknown:
                yield return ".ValueGeneratedOnAdd()";
                break;
            case PropertyDefault.Serial:
                yield return ".UseSerialColumn()";
                break;
            case PropertyDefault.Client client:
                yield return $".HasClientValue(new {types.Of("Sluice.EntityFrameworkCore.Ids", client.Generator)}({client.Arguments}))";
                break;
            case PropertyDefault.None when entity?.Key?.Properties.Contains(property.Name) == true:
                yield return ".ValueGeneratedNever()";
                break;
        }

        if (property.IsUpdatedAt)
        {
            yield return ".IsUpdatedAt()";
        }
    }

    private static IEnumerable<string> Calls(Index index)
    {
        if (index.IsUnique)
        {
            yield return ".IsUnique()";
        }

        if (index.Type is not IndexType.BTree)
        {
            yield return $".HasMethod({CodeLiteral.Text(index.Type.ToString().ToLowerInvariant())})";
        }

        if (index.Columns.Any(c => c.OperatorClass is not null))
        {
            yield return $".HasOperators({string.Join(", ", index.Columns.Select(c => CodeLiteral.Text(c.OperatorClass ?? "")))})";
        }

        if (index.Columns.Any(c => c.Descending))
        {
            yield return $".IsDescending({string.Join(", ", index.Columns.Select(c => CodeLiteral.Boolean(c.Descending)))})";
        }

        if (index.Where is { } where)
        {
            yield return $".HasFilter({CodeLiteral.Text(where)})";
        }
    }
}
