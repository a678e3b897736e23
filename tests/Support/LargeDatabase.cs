using System.Globalization;
using System.Text;
using Sluice.Catalog;
using Sluice.Text;

namespace Sluice.Tests.Support;

/// <summary>
/// 200 tables as those of a real application hang together: accounts and tenants that everybody references, areas of ten tables around
/// one of their own, few relations between areas, here and there a table by itself.
/// </summary>
public static class LargeDatabase
{
    public static Database Create(bool severalSchemas = false)
    {
        var text = new StringBuilder("datasource db {\n  provider = \"postgresql\"\n");
        text.Append(severalSchemas ? "  schemas = [\"core\", \"sales\", \"stock\"]\n}\n" : "}\n");
        var dice = 17u;
        var references = new Dictionary<int, List<int>>();
        for (var table = 0; table < 200; table++)
        {
            var area = table / 10 * 10;
            var wanted = new List<int>();
            if (table % 10 != 7)
            {
                AddWhere(table > 1 && Roll(3) == 0, 0);
                AddWhere(table > 2 && Roll(4) == 0, 1);
                AddWhere(table > area, area);
                AddWhere(table > area + 2 && Roll(2) == 0, area + 1 + Roll(table - area - 1));
                AddWhere(table == area && area > 0 && Roll(2) == 0, Roll(area / 10) * 10);
                AddWhere(Roll(12) == 0, table);
            }

            references[table] = [.. wanted.Distinct().Where(t => t % 10 != 7)];

            void AddWhere(bool isWanted, int other)
            {
                if (isWanted)
                {
                    wanted.Add(other);
                }
            }
        }

        for (var table = 0; table < 200; table++)
        {
            text.Append(CultureInfo.InvariantCulture, $"model {Name(table)} {{\n  id Int @id\n");
            foreach (var other in references[table])
            {
                var optional = (table + other) % 3 == 0 ? "?" : "";
                text.Append(CultureInfo.InvariantCulture, $"  {Name(other).ToLowerInvariant()}_id Int{optional}\n  to{other} {Name(other)}{optional} @relation(\"r{table}_{other}\", fields: [{Name(other).ToLowerInvariant()}_id], references: [id], onDelete: NoAction, onUpdate: NoAction)\n");
            }

            foreach (var from in references.Where(r => r.Value.Contains(table)).Select(r => r.Key))
            {
                text.Append(CultureInfo.InvariantCulture, $"  of{from} {Name(from)}[] @relation(\"r{from}_{table}\")\n");
            }

            for (var column = 0; column < 2 + Roll(14); column++)
            {
                text.Append(CultureInfo.InvariantCulture, $"  column_number_{column} {new[] { "String", "DateTime?", "Decimal @db.Decimal(12, 2)", "Boolean" }[column % 4]}\n");
            }

            text.Append(severalSchemas ? $"  @@schema(\"{new[] { "core", "sales", "stock" }[table / 10 % 3]}\")\n}}\n" : "}\n");
        }

        var schema = Migration.Read(new SourceText("large.prisma", text.ToString()));
        return schema.HasErrors ? throw new InvalidOperationException(schema.Diagnostics[0].Message) : CatalogBuilder.Build(schema.Value);

        int Roll(int sides)
        {
            dice = (dice * 1664525) + 1013904223;
            return (int)((dice >> 8) % (uint)Math.Max(1, sides));
        }

        static string Name(int table) => string.Create(CultureInfo.InvariantCulture, $"Table_{(char)('a' + (table / 10))}{table % 10}{new string('x', table * 7 % 13)}");
    }
}
