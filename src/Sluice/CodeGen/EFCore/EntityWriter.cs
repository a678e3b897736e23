namespace Sluice.CodeGen.EFCore;

/// <summary>One class: its columns as properties, its relations as navigations, and how the two map to the table.</summary>
internal static class EntityWriter
{
    public static GeneratedFile Write(ContextShape context, EntityShape entity)
    {
        var types = new TypeNamesInCode(context);
        var code = CodeText.Begin(context.Settings, context.Hash, [.. Namespaces(entity), "Microsoft.EntityFrameworkCore", "Microsoft.EntityFrameworkCore.Metadata.Builders", "Sluice.EntityFrameworkCore.Ids", "Sluice.EntityFrameworkCore.Mapping"]);
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

        code.Close();
        code.Line();
        code.Open($"public partial class {context.Settings.ContextName}");
        ConfigurationWriter.Write(code, context, entity);
        code.Close();
        return new GeneratedFile(entity.Name + ".cs", code.ToString());
    }

    private static void Separate(CodeText code, ref bool first)
    {
        if (!first)
        {
            code.Line();
        }

        first = false;
    }

    // `default!` where the program must give a value before it saves.
    private static string Initial(PropertyShape property, GeneratorSettings settings) => property switch
    {
        { IsList: true } => " = [];",
        { Default: PropertyDefault.Constant { Code: var code } } => $" = {code};",
        { IsNullable: false, Type.IsValueType: false } when settings.Nullable => " = null!;",
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
