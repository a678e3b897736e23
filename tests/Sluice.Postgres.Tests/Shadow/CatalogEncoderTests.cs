using System.Collections;
using System.Reflection;
using Sluice.Catalog;
using Sluice.Postgres.Shadow.Cache;
using Xunit;

namespace Sluice.Postgres.Tests.Shadow;

public sealed class CatalogEncoderTests
{
    // How many different values each member gets: more than any closed set has cases.
    private const int Rounds = 12;

    [Fact]
    public void Every_member_of_every_record_of_a_catalog_comes_back_as_it_was()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var catalog = (Database)new Filler(seed).Make(typeof(Database), null);

            var decoded = CatalogDecoder.Decode(CatalogEncoder.Encode(catalog));

            Assert.Equal(catalog, decoded);
            Assert.Equal(CatalogEncoder.Encode(catalog), CatalogEncoder.Encode(decoded));
        }
    }

    [Fact]
    public void An_empty_catalog_comes_back() =>
        Assert.Equal(Database.Empty, CatalogDecoder.Decode(CatalogEncoder.Encode(Database.Empty)));

    /// <summary>Fills whatever record it is given, so that one that gains a member tomorrow is tested tomorrow.</summary>
    private sealed class Filler(int seed)
    {
        private int next = seed;

        public object Make(Type type, PropertyInfo? member)
        {
            var n = next++;
            if (Nullable.GetUnderlyingType(type) is { } inner)
            {
                return Make(inner, member);
            }

            if (type == typeof(string))
            {
                return $"{member?.Name} {n} é\n";
            }

            if (type == typeof(bool))
            {
                return n % 2 == 0;
            }

            if (type == typeof(int))
            {
                return n;
            }

            if (type == typeof(byte))
            {
                return (byte)n;
            }

            if (type.IsEnum)
            {
                var values = Enum.GetValues(type);
                return values.GetValue(n % values.Length)!;
            }

            if (type.IsGenericType && type.GetInterfaces().Contains(typeof(IEnumerable)))
            {
                var item = type.GetGenericArguments()[0];
                var items = Array.CreateInstance(item, 2);
                items.SetValue(Make(item, member), 0);
                items.SetValue(Make(item, member), 1);
                return typeof(Filler).GetMethod(nameof(List), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(item).Invoke(null, [items])!;
            }

            return type.IsAbstract ? Make(CaseOf(type, n), member) : Fill(type);
        }

        private static Text.EquatableArray<T> List<T>(T[] items) => [.. items];

        // A list of lists would never end.
        private Type CaseOf(Type set, int n)
        {
            var cases = set.GetNestedTypes().Where(t => t.IsSubclassOf(set) && (depth < 6 || t.Name != "List")).OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
            return cases[n % cases.Length];
        }

        private int depth;

        private object Fill(Type record)
        {
            depth++;
            var make = record.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
            var made = make.Invoke([.. make.GetParameters().Select(p => Make(p.ParameterType, record.GetProperty(p.Name!)))]);
            // What is remembered of a replay is a server's, and a server knows of no renames.
            foreach (var extra in record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.Name != nameof(Database.Renames) && make.GetParameters().All(a => a.Name != p.Name)))
            {
                extra.SetValue(made, Make(extra.PropertyType, extra));
            }

            depth--;
            return made;
        }
    }
}
