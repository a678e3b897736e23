using System.Xml.Linq;
using Sluice.Catalog;
using Sluice.Diagram;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.Tests.Diagram;

public sealed class SvgTests
{
    private const string Shop = """
        datasource db {
          provider = "postgresql"
        }

        /// Who buys.
        /// @renamedFrom("clients")
        model customers {
          id     Int     @id @default(autoincrement())
          /// Where bills go.
          email  String  @unique
          orders orders[]
          card   cards?
          friend_id Int?
          friend  customers?  @relation("friend", fields: [friend_id], references: [id])
          friends customers[] @relation("friend")
        }

        model cards {
          customer_id Int @id
          customer    customers @relation(fields: [customer_id], references: [id], onDelete: Cascade)
        }

        model orders {
          id          Int @id
          customer_id Int?
          state       State
          customer    customers? @relation(fields: [customer_id], references: [id])
        }

        model alone {
          id Int @id
        }

        enum State {
          OPEN
          PAID
        }

        """;

    [Fact]
    public void A_small_schema_is_drawn_as_agreed()
    {
        var svg = Write(Shop);
        var file = Path.Combine(Repository.Root, "tests/Cases/diagram/shop.svg");
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, svg);
        }

        Assert.Equal(File.ReadAllText(file), svg);
    }

    [Fact]
    public void Boxes_and_edges_say_what_they_are()
    {
        var svg = XDocument.Parse(Write(Shop)).Root!;
        Assert.Equal(["customers", "cards", "orders", "alone"], Values(svg, "data-table"));
        Assert.Equal(["State"], Values(svg, "data-enum"));
        Assert.Equal([("customers", "customers"), ("cards", "customers"), ("orders", "customers")], Values(svg, "data-from").Zip(Values(svg, "data-to")));
        Assert.Equal(svg.Descendants().Attributes("id").Select(i => i.Value).Distinct().Count(), svg.Descendants().Attributes("id").Count());
        Assert.Contains("customers\nWho buys.", Titles(svg));
        Assert.Contains("email\nWhere bills go.", Titles(svg));
        Assert.Contains("cards_customer_id_fkey: cards (customer_id) → customers (id), on delete cascade", Titles(svg));
        Assert.Contains("integer?", svg.Descendants().Select(e => e.Value));
    }

    [Fact]
    public void Names_are_text_whatever_they_hold()
    {
        const string evil = "</text><script>alert(1)</script>\"'&\u202Egnp\u0007";
        var name = new ObjectName("public", evil);
        var database = Database.Empty with
        {
            Tables =
            [
                new Table(name, [new Column(evil, new ColumnType.Unsupported(evil), default, null, false) { Comment = evil }], null, [], [new ForeignKey(evil, [evil], name, [evil], default, default)])
                {
                    Traits = TableTraits.None with { Comment = evil },
                },
            ],
        };
        var drawing = DiagramLayout.Arrange(SketchBuilder.Build(database, Comments.Of(database)));
        var svg = XDocument.Parse(SvgWriter.Write(drawing, new SvgSettings(evil) { Link = _ => evil })).Root!;
        Assert.DoesNotContain(svg.Descendants(), e => e.Name.LocalName == "script");
        var shown = svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToList();
        Assert.Equal(3, shown.Count(t => t.Contains("</text><script>alert(1)</script>\"'&\uFFFDgnp\uFFFD", StringComparison.Ordinal)));
        Assert.DoesNotContain('\u202E', svg.ToString());
    }

    [Fact]
    public void One_table_is_shown_with_those_around_it()
    {
        var sketch = Sketch(Shop);
        Assert.Equal(["orders", "State"], Focus.On(sketch, Focus.Find(sketch, "orders")!, 0).Boxes.Select(b => b.Label));
        Assert.Equal(["customers", "orders", "State"], Focus.On(sketch, Focus.Find(sketch, "orders")!, 1).Boxes.Select(b => b.Label));
        var around = Focus.On(sketch, Focus.Find(sketch, "public.orders")!, 2);
        Assert.Equal(["customers", "cards", "orders", "State"], around.Boxes.Select(b => b.Label));
        Assert.Equal("orders", Assert.Single(around.Boxes, b => b.IsFocus).Label);
        Assert.Equal(3, around.Edges.Count);
        Assert.Null(Focus.Find(sketch, "nothing"));
    }

    [Theory]
    [InlineData(Theme.Light, false), InlineData(Theme.Dark, false), InlineData(Theme.Auto, true)]
    public void Only_the_automatic_theme_asks_the_reader_s_system(Theme theme, bool asks) =>
        Assert.Equal(asks, SvgWriter.Write(DiagramLayout.Arrange(Sketch(Shop)), new SvgSettings("shop") { Theme = theme }).Contains("prefers-color-scheme", StringComparison.Ordinal));

    [Theory]
    [InlineData("User", "user"), InlineData("a-b", "a b"), InlineData("-75-ser", "User"), InlineData("a.b", "a-2e-b")]
    public void Identifiers_of_different_names_differ_also_where_case_counts_for_nothing(string one, string other) =>
        Assert.NotEqual(Markup.Identifier(one), Markup.Identifier(other), StringComparer.OrdinalIgnoreCase);

    private static Sketch Sketch(string schema)
    {
        var model = Migration.Read(new SourceText("schema.prisma", schema)).Value;
        var database = CatalogBuilder.Build(model);
        return SketchBuilder.Build(database, Comments.Of(database, model));
    }

    private static string Write(string schema) => SvgWriter.Write(DiagramLayout.Arrange(Sketch(schema)), new SvgSettings("shop"));

    private static IEnumerable<string> Values(XElement svg, string attribute) => svg.Descendants().Attributes(attribute).Select(a => a.Value);

    private static IEnumerable<string> Titles(XElement svg) => svg.Descendants().Where(e => e.Name.LocalName == "title").Select(e => e.Value);
}
