using System.Text;

namespace Sluice.Fuzzer.Drafts;

/// <summary>A draft as the text of a schema.</summary>
internal static class DraftText
{
    public static string Write(Draft draft)
    {
        var text = new StringBuilder();
        if (draft.PreviewFeatures.Count > 0)
        {
            text.Append($"generator client {{\n  provider = \"prisma-client-js\"\n  previewFeatures = [{Quoted(draft.PreviewFeatures)}]\n}}\n\n");
        }

        text.Append("datasource db {\n");
        foreach (var line in draft.DatasourceLines)
        {
            text.Append($"  {line}\n");
        }

        if (draft.Schemas.Count > 0)
        {
            text.Append($"  schemas = [{Quoted(draft.Schemas)}]\n");
        }

        text.Append("}\n");
        foreach (var entity in draft.Entities)
        {
            Entity(text, draft, entity);
        }

        foreach (var definition in draft.Enums)
        {
            Enum(text, definition);
        }

        return text.ToString();
    }

    private static void Entity(StringBuilder text, Draft draft, DraftEntity entity)
    {
        text.Append('\n');
        if (entity.Comment is not null)
        {
            text.Append($"{entity.Comment}\n");
        }

        text.Append($"{(entity.IsView ? "view" : "model")} {entity.Name} {{\n");
        foreach (var field in entity.Fields)
        {
            text.Append($"  {Field(field)}\n");
        }

        foreach (var relation in draft.Relations)
        {
            if (relation.From == entity.Name)
            {
                text.Append($"  {FromSide(relation)}\n");
            }

            if (relation.To == entity.Name)
            {
                text.Append($"  {ToSide(relation)}\n");
            }
        }

        foreach (var index in entity.Indexes)
        {
            text.Append($"  {Index(index)}\n");
        }

        Attributes(text, entity.Map, entity.Schema);
        if (entity.Ignored)
        {
            text.Append("  @@ignore\n");
        }

        text.Append("}\n");
    }

    private static void Enum(StringBuilder text, DraftEnum definition)
    {
        text.Append($"\nenum {definition.Name} {{\n");
        foreach (var value in definition.Values)
        {
            text.Append(value.Map is null ? $"  {value.Name}\n" : $"  {value.Name} @map(\"{value.Map}\")\n");
        }

        Attributes(text, definition.Map, definition.Schema);
        text.Append("}\n");
    }

    private static void Attributes(StringBuilder text, string? map, string? schema)
    {
        if (map is not null)
        {
            text.Append($"  @@map(\"{map}\")\n");
        }

        if (schema is not null)
        {
            text.Append($"  @@schema(\"{schema}\")\n");
        }
    }

    private static string Field(DraftField field)
    {
        var parts = new List<string> { field.Name, field.Type + field.Arity };
        Add(parts, "@id", field.Id);
        Add(parts, "@unique", field.Unique);
        Add(parts, "@default", field.Default);
        if (field.UpdatedAt)
        {
            parts.Add("@updatedAt");
        }

        if (field.Map is not null)
        {
            parts.Add($"@map(\"{field.Map}\")");
        }

        if (field.Native is not null)
        {
            parts.Add($"@db.{field.Native}");
        }

        if (field.Ignored)
        {
            parts.Add("@ignore");
        }

        if (field.Comment is not null)
        {
            parts.Add(field.Comment);
        }

        return string.Join(' ', parts);
    }

    private static void Add(List<string> parts, string attribute, string? arguments)
    {
        if (arguments is not null)
        {
            parts.Add(arguments.Length == 0 ? attribute : $"{attribute}({arguments})");
        }
    }

    private static string FromSide(DraftRelation relation)
    {
        if (relation.Kind is DraftRelationKind.ManyToMany)
        {
            return $"{relation.FromField} {relation.To}[]{NameOnly(relation)}";
        }

        var arguments = new List<string>();
        if (relation.Name is not null)
        {
            arguments.Add($"\"{relation.Name}\"");
        }

        arguments.Add($"fields: [{string.Join(", ", relation.Fields)}]");
        arguments.Add($"references: [{string.Join(", ", relation.References)}]");
        Add(arguments, "onDelete", relation.OnDelete, quoted: false);
        Add(arguments, "onUpdate", relation.OnUpdate, quoted: false);
        Add(arguments, "map", relation.Map, quoted: true);
        return $"{relation.FromField} {relation.To}{(relation.Optional ? "?" : "")} @relation({string.Join(", ", arguments)}){(relation.Ignored ? " @ignore" : "")}";
    }

    private static string ToSide(DraftRelation relation) =>
        $"{relation.ToField} {relation.From}{(relation.Kind is DraftRelationKind.OneToOne ? "?" : "[]")}{NameOnly(relation)}{(relation.Ignored ? " @ignore" : "")}";

    private static string NameOnly(DraftRelation relation) => relation.Name is null ? "" : $" @relation(\"{relation.Name}\")";

    private static string Index(DraftIndex index)
    {
        var arguments = new List<string>
        {
            $"[{string.Join(", ", index.Parts.Select(p => p.Arguments.Length == 0 ? p.Field : $"{p.Field}({p.Arguments})"))}]",
        };
        Add(arguments, "name", index.Name, quoted: true);
        Add(arguments, "map", index.Map, quoted: true);
        Add(arguments, "type", index.Type, quoted: false);
        return $"@@{index.Kind}({string.Join(", ", arguments)})";
    }

    private static void Add(List<string> arguments, string name, string? value, bool quoted)
    {
        if (value is not null)
        {
            arguments.Add(quoted ? $"{name}: \"{value}\"" : $"{name}: {value}");
        }
    }

    private static string Quoted(IEnumerable<string> values) => string.Join(", ", values.Select(v => $"\"{v}\""));
}
