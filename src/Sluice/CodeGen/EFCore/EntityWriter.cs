namespace Sluice.CodeGen.EFCore;

/// <summary>One class: its columns as properties, its relations as navigations, and how the two map to the table.</summary>
internal static class EntityWriter
{
    /// <param name="references">The foreign keys of its table.</param>
    /// <param name="joins">The many-to-many relations whose table is mapped with it.</param>
    public static GeneratedFile Write(ContextShape context, TypeNamesInCode types, EntityShape entity, IEnumerable<ReferenceShape> references, IEnumerable<JoinShape> joins)
    {
        var code = CodeText.Begin(context.Settings, context.Hash, [.. Namespaces(entity), .. KeyQueryWriter.IsFor(entity) ? KeyQueryWriter.Namespaces : [], "Microsoft.EntityFrameworkCore", "Microsoft.EntityFrameworkCore.Metadata.Builders", "Sluice.EntityFrameworkCore.Ids", "Sluice.EntityFrameworkCore.Mapping"]);
        code.Summary(entity.Documentation);
        code.Open($"public partial {(context.Settings.Records ? "record" : "class")} {entity.Name}");
        var first = true;
        foreach (var property in entity.Properties)
        {
            Separate(code, ref first);
            code.Summary(property.Documentation);
            code.Line($"public {types.Of(property)} {property.Name} {{ get; set; }}{Initial(property, context.Settings)}");
        }

        foreach (var navigation in entity.Navigations)
        {
            Separate(code, ref first);
            code.Summary(navigation.Documentation);
            code.Line(Navigation(navigation, types, context.Settings));
        }

        if (context.Settings.Records)
        {
            WriteIdentity(code, entity, context.Settings);
        }

        code.Close();
        code.Line();
        code.Open($"public partial class {context.Settings.ContextName}");
        if (KeyQueryWriter.IsFor(entity))
        {
            KeyQueryWriter.Write(code, context, types, entity);
        }

        ConfigurationWriter.Write(code, types, entity, references, joins);
        code.Close();
        return new GeneratedFile(entity.Name + ".cs", code.ToString());
    }

    // By value, two new rows would be one, and relations that lead back would be compared and printed for ever.
    private static void WriteIdentity(CodeText code, EntityShape entity, GeneratorSettings settings)
    {
        code.Line();
        code.Line("/// <summary>An entity is the row it stands for, not its values: equal only to itself.</summary>");
        code.Line($"public virtual bool Equals({entity.Name}{(settings.Nullable ? "?" : "")} other) => ReferenceEquals(this, other);");
        code.Line();
        code.Line("public override int GetHashCode() => global::System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);");
        code.Line();
        code.Line("/// <summary>Columns without relations.</summary>");
        code.Open("protected virtual bool PrintMembers(global::System.Text.StringBuilder builder)");
        for (var i = 0; i < entity.Properties.Count; i++)
        {
            var name = entity.Properties[i].Name;
            code.Line($"builder.Append(\"{(i > 0 ? ", " : "")}{name} = \").Append({name});");
        }

        code.Line($"return {CodeLiteral.Boolean(entity.Properties.Count > 0)};");
        code.Close();
    }

    private static void Separate(CodeText code, ref bool first)
    {
        if (!first)
        {
            code.Line();
        }

        first = false;
    }

    // `null!` where the program must give a value before it saves. A list that the database fills in begins as null, which asks for that.
    private static string Initial(PropertyShape property, GeneratorSettings settings) => property switch
    {
        { IsList: true, Default: PropertyDefault.None } => " = [];",
        { Default: PropertyDefault.Constant { Code: var code } } => $" = {code};",
        { IsNullable: false, Type.IsValueType: false } when settings.Nullable => " = null!;",
        { IsNullable: false, Type.IsValueType: null } when settings.Nullable => " = default!;",
        _ => "",
    };

    private static string Navigation(NavigationShape navigation, TypeNamesInCode types, GeneratorSettings settings)
    {
        if (navigation.IsCollection)
        {
            return $"public {types.Of("System.Collections.Generic", "List")}<{navigation.Target}> {navigation.Name} {{ get; set; }} = [];";
        }

        return (settings.Nullable, navigation.IsNullable) switch
        {
            (true, true) => $"public {navigation.Target}? {navigation.Name} {{ get; set; }}",
            (true, false) => $"public {navigation.Target} {navigation.Name} {{ get; set; }} = null!;",
            _ => $"public {navigation.Target} {navigation.Name} {{ get; set; }}",
        };
    }

    private static IEnumerable<string> Namespaces(EntityShape entity) =>
        entity.Properties.Select(p => p.Type.Namespace)
            .Append(entity.Properties.Any(p => p.IsList) || entity.Navigations.Any(n => n.IsCollection) ? "System.Collections.Generic" : "")
            .Where(n => n.Length > 0);
}
