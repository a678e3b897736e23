using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Sluice.Catalog;
using Sluice.CodeGen.EFCore;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.EntityFrameworkCore.Tests.Generation;

/// <summary>What EF Core believes of the database beside the catalog that the schema asks for, in words; none when they agree.</summary>
internal static class ModelComparison
{
    public static List<string> Differences(IModel model, SchemaModel schema, Database wanted)
    {
        var found = new List<string>();
        var ignored = schema.Entities.Where(e => e.IsIgnored).Select(e => e.DatabaseName).ToHashSet(StringComparer.Ordinal);
        var relational = model.GetRelationalModel();
        foreach (var table in wanted.Tables.Where(t => !ignored.Contains(t.Name.Name)))
        {
            if (relational.Tables.FirstOrDefault(t => t.Name == table.Name.Name && (t.Schema ?? wanted.DefaultSchema) == table.Name.Schema) is not { } mapped)
            {
                found.Add($"table {table.Name} is missing");
                continue;
            }

            var hidden = schema.Entities.FirstOrDefault(e => e.DatabaseName == table.Name.Name)?.Fields.Where(f => f.IsIgnored).Select(f => f.ColumnName).ToHashSet() ?? [];
            CompareColumns(found, table, mapped, hidden, wanted);
            CompareKeys(found, table, mapped, hidden);
            CompareReferences(found, table, mapped, hidden, schema, ignored, wanted);
        }

        found.AddRange(relational.Tables.Where(t => !wanted.Tables.Any(w => w.Name.Name == t.Name)).Select(t => $"table {t.Name} is too many"));
        foreach (var view in wanted.Views.Where(v => !ignored.Contains(v.Name.Name)))
        {
            var mapped = relational.Views.FirstOrDefault(v => v.Name == view.Name.Name);
            found.AddRange(mapped is null
                ? [$"view {view.Name} is missing"]
                : view.Columns.Where(c => mapped.FindColumn(c.Name) is null).Select(c => $"column {c.Name} of view {view.Name} is missing"));
        }

        return found;
    }

    private static void CompareColumns(List<string> found, Table table, ITable mapped, HashSet<string> hidden, Database wanted)
    {
        foreach (var column in table.Columns.Where(c => !hidden.Contains(c.Name)))
        {
            if (mapped.FindColumn(column.Name) is not { } there)
            {
                found.Add($"column {table.Name}.{column.Name} is missing");
                continue;
            }

            var type = Type(column, wanted);
            if (there.StoreType.Replace("\"", "", StringComparison.Ordinal) != type.Replace("\"", "", StringComparison.Ordinal))
            {
                found.Add($"column {table.Name}.{column.Name} is {there.StoreType}, not {type}");
            }

            if (there.IsNullable != column.Arity is not FieldArity.Required)
            {
                found.Add($"column {table.Name}.{column.Name} nullable: {there.IsNullable}");
            }
        }

        found.AddRange(mapped.Columns.Where(c => table.Column(c.Name) is null && c.Name != "xmin").Select(c => $"column {table.Name}.{c.Name} is too many"));
    }

    private static void CompareKeys(List<string> found, Table table, ITable mapped, HashSet<string> hidden)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        if (table.PrimaryKey is { } key && !key.Columns.Any(c => hidden.Contains(c.Name)))
        {
            keys.Add(key.Name);
            if (mapped.PrimaryKey is not { } there || there.Name != key.Name || !there.Columns.Select(c => c.Name).SequenceEqual(key.Columns.Select(c => c.Name)))
            {
                found.Add($"primary key of {table.Name}: {mapped.PrimaryKey?.Name}");
            }
        }

        foreach (var index in table.Indexes.Where(i => !i.Columns.Any(c => hidden.Contains(c.Name))))
        {
            var columns = index.Columns.Select(c => c.Name).ToArray();
            keys.Add(index.Name);

            // What a foreign key refers to, or a table without a primary key is known by, is a key to EF Core and an index to the database.
            if (index.IsUnique && mapped.UniqueConstraints.Any(u => u.Name == index.Name && u.Columns.Select(c => c.Name).SequenceEqual(columns)))
            {
                continue;
            }

            var there = mapped.Indexes.FirstOrDefault(i => i.Name == index.Name);
            if (there is null || there.IsUnique != index.IsUnique || there.Filter != index.Where || !there.Columns.Select(c => c.Name).SequenceEqual(columns))
            {
                found.Add($"index {index.Name} of {table.Name}");
                continue;
            }

            var descending = index.Columns.Select(c => c.Descending).ToArray();
            if (descending.Any(d => d) && !(there.IsDescending ?? []).SequenceEqual(descending))
            {
                found.Add($"index {index.Name} of {table.Name} is sorted otherwise");
            }

            var method = there.MappedIndexes.First().FindAnnotation("Npgsql:IndexMethod")?.Value as string ?? "btree";
            if (!method.Equals(index.Type.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                found.Add($"index {index.Name} of {table.Name} is a {method}");
            }
        }

        found.AddRange(mapped.Indexes.Select(i => i.Name).Concat(mapped.UniqueConstraints.Select(u => u.Name)).Where(n => !keys.Contains(n)).Select(n => $"{n} of {table.Name} is too many"));
    }

    private static void CompareReferences(List<string> found, Table table, ITable mapped, HashSet<string> hidden, SchemaModel schema, HashSet<string> ignored, Database wanted)
    {
        foreach (var key in table.ForeignKeys.Where(k => !k.Columns.Any(hidden.Contains) && !ignored.Contains(k.ReferencedTable.Name)))
        {
            // EF Core has no key over columns that may be null, so it cannot know what refers to one.
            var referenced = wanted.Tables.First(t => t.Name == key.ReferencedTable);
            if (key.ReferencedColumns.Any(c => referenced.Column(c)!.Arity is not FieldArity.Required))
            {
                continue;
            }

            if (mapped.ForeignKeyConstraints.FirstOrDefault(k => k.Name == key.Name) is not { } there)
            {
                found.Add($"foreign key {key.Name} of {table.Name} is missing");
                continue;
            }

            var pairs = there.Columns.Zip(there.PrincipalColumns, (c, p) => (c.Name, p.Name)).Order();
            if (there.PrincipalTable.Name != key.ReferencedTable.Name || !pairs.SequenceEqual(key.Columns.Zip(key.ReferencedColumns).Order()))
            {
                found.Add($"foreign key {key.Name} of {table.Name} is {string.Join(", ", pairs)}");
            }

            if (Action(there.OnDeleteAction) != key.OnDelete && key.OnDelete is not ReferentialAction.SetDefault)
            {
                found.Add($"foreign key {key.Name} of {table.Name} does {there.OnDeleteAction}, not {key.OnDelete}");
            }
        }

        if (schema.Datasource is not { RelationMode: RelationMode.Prisma })
        {
            found.AddRange(mapped.ForeignKeyConstraints.Where(k => !table.ForeignKeys.Any(w => w.Name == k.Name)).Select(k => $"foreign key {k.Name} of {table.Name} is too many"));
        }
    }

    private static ReferentialAction Action(Microsoft.EntityFrameworkCore.Migrations.ReferentialAction action) => action switch
    {
        Microsoft.EntityFrameworkCore.Migrations.ReferentialAction.Cascade => ReferentialAction.Cascade,
        Microsoft.EntityFrameworkCore.Migrations.ReferentialAction.Restrict => ReferentialAction.Restrict,
        Microsoft.EntityFrameworkCore.Migrations.ReferentialAction.SetNull => ReferentialAction.SetNull,
        Microsoft.EntityFrameworkCore.Migrations.ReferentialAction.SetDefault => ReferentialAction.SetDefault,
        _ => ReferentialAction.NoAction,
    };

    // Told from PostgreSQL's documentation (chapter 8), not from the generator.
    private static string Type(Column column, Database wanted)
    {
        var type = column.Type switch
        {
            ColumnType.Enum { Name: var name } => wanted.QualifyNames ? $"\"{name.Schema}\".\"{name.Name}\"" : $"\"{name.Name}\"",
            ColumnType.Unsupported { Text: var text } => text,
            ColumnType.Native { Type: var native } => Type(native),
            _ => "?",
        };
        return column.Arity is FieldArity.List ? type + "[]" : type;
    }

    private static string Type(NativeType type)
    {
        var facets = type.First is null ? "" : $"({string.Join(',', new[] { type.First, type.Second }.OfType<int>().Select(n => n.ToString(CultureInfo.InvariantCulture)))})";
        return type.Kind switch
        {
            NativeKind.VarChar => "character varying" + facets,
            NativeKind.Char => facets.Length == 0 ? "character(1)" : "character" + facets,
            NativeKind.Bit => facets.Length == 0 ? "bit(1)" : "bit" + facets,
            NativeKind.Decimal => "numeric" + facets,
            NativeKind.DoublePrecision => "double precision",
            NativeKind.VarBit => "bit varying" + facets,
            NativeKind.Timestamp => $"timestamp{facets} without time zone",
            NativeKind.Timestamptz => $"timestamp{facets} with time zone",
            NativeKind.Time => $"time{facets} without time zone",
            NativeKind.Timetz => $"time{facets} with time zone",
            _ => type.Kind.ToString().ToLowerInvariant() + facets,
        };
    }
}
