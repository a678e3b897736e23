using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;
using Index = Sluice.Catalog.Index;

namespace Sluice.Tests.Diff;

/// <summary>Small catalogs made by hand.</summary>
internal static class Tables
{
    public static Database Schema(params Table[] tables) => Database.Empty with { Origin = CatalogOrigin.Schema, Tables = [.. tables] };

    public static Database Server(params Table[] tables) => Database.Empty with { Origin = CatalogOrigin.Server, Tables = [.. tables] };

    public static Table Table(string name, params Column[] columns) => new(new("public", name), [.. columns], null, [], []);

    public static Column Column(string name, NativeKind type, ColumnDefault? value = null, FieldArity arity = FieldArity.Required) =>
        new(name, new ColumnType.Native(new(type)), arity, value, AutoIncrement: false);

    public static Index Index(string name, params string[] columns) =>
        new(name, false, IndexType.BTree, [.. columns.Select(c => new IndexColumn(c, false, null))], false, null);
}
