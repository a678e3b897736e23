using Sluice.Model;
using Sluice.Model.Indexes;
using Sluice.Syntax;

namespace Sluice.Introspection;

/// <summary>What an attribute of a block is about: an index by its name in the database, anything else by its own.</summary>
internal static class AttributeKeys
{
    public const string Id = "id";

    public static string Index(string name) => "index " + name;

    public static string Of(AttributeSyntax attribute, Entity? entity)
    {
        if (entity is null || attribute.Name.Name is not ("index" or "unique"))
        {
            return attribute.Name.Name;
        }

        var isUnique = attribute.Name.Name == "unique";
        var given = Text(attribute, "map") ?? (isUnique ? null : Text(attribute, "name"));
        var columns = Fields(attribute).Select(f => entity.Fields.FirstOrDefault(s => s.Name == f)?.ColumnName ?? f);
        return Index(given ?? (isUnique ? ConstraintNames.Unique(entity.DatabaseName, columns) : ConstraintNames.Index(entity.DatabaseName, columns)));
    }

    private static string? Text(AttributeSyntax attribute, string argument) =>
        (attribute.Arguments.FirstOrDefault(a => a.Name?.Name == argument)?.Value as StringSyntax)?.Value;

    private static IEnumerable<string> Fields(AttributeSyntax attribute) =>
        attribute.Arguments.FirstOrDefault(a => a.Name?.Name is null or "fields")?.Value switch
        {
            ArraySyntax list => list.Items.Select(Field),
            { } one => [Field(one)],
            null => [],
        };

    private static string Field(ExpressionSyntax item) => item switch
    {
        ConstantSyntax field => field.Text,
        FunctionSyntax field => field.Name.Name,
        _ => "",
    };
}
