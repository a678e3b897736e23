namespace Sluice.CodeGen.EFCore;

/// <summary>How a type is written: by its short name, unless something generated has that name too.</summary>
internal sealed class TypeNamesInCode(ContextShape context)
{
    // Sets count too: inside the context `Timestamps.Cut` would mean the set of that name.
    private readonly HashSet<string> generated = new(
        context.Entities.SelectMany(e => new[] { e.Name, e.Set }).Concat(context.Enums.Select(e => e.Name)).Append(context.Settings.ContextName),
        StringComparer.Ordinal);

    public string Of(ClrType type) => type.Namespace.Length == 0 || type.Namespace == context.Settings.Namespace
        ? type.Name
        : Of(type.Namespace, type.Name);

    public string Of(string @namespace, string name) => generated.Contains(name) ? $"global::{@namespace}.{name}" : name;

    /// <summary>An attribute goes by two names.</summary>
    public string Attribute(string @namespace, string name) =>
        generated.Contains(name + "Attribute") ? $"global::{@namespace}.{name}" : Of(@namespace, name);

    /// <summary>With what stands for a list and for NULL.</summary>
    public string Of(PropertyShape property)
    {
        var type = property.IsList ? $"{Of("System.Collections.Generic", "List")}<{Of(property.Type)}>" : Of(property.Type);
        var isValue = property.Type.IsValueType is true && !property.IsList;
        return property.IsNullable && (isValue || context.Settings.Nullable) ? type + "?" : type;
    }
}
