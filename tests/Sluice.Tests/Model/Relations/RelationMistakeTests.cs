using Sluice.Diagnostics;
using Xunit;

namespace Sluice.Tests.Model.Relations;

public class RelationMistakeTests
{
    [Theory]
    [InlineData("a A @relation(fields: [aId], references: [nope])", "SL2502 a A @relation(fields: [aId], references: [nope])")]
    [InlineData("a A @relation(fields: [aId], references: [id], onDelete: Explode)", "SL2601 a A @relation(fields: [aId], references: [id], onDelete: Explode)")]
    [InlineData("a A @relation(fields: [aId], references: [id, name])", "SL2631 a A @relation(fields: [aId], references: [id, name])\nSL2632 a A @relation(fields: [aId], references: [id, name])")]
    [InlineData("a A @relation(fields: [text], references: [id])", "SL2634 a A @relation(fields: [text], references: [id])")]
    [InlineData("a A @relation(fields: [maybe], references: [id])", "SL2633 a A @relation(fields: [maybe], references: [id])")]
    [InlineData("a A @relation(fields: [aId], references: [name])", "SL2631 a A @relation(fields: [aId], references: [name])\nSL2634 a A @relation(fields: [aId], references: [name])")]
    [InlineData("a A @relation(references: [id])", "SL2637 a A @relation(references: [id])")]
    [InlineData("a A @relation(fields: [aId])", "SL2637 a A @relation(fields: [aId])")]
    [InlineData("a A @relation(\"x\", fields: [aId], references: [id])", "SL2630 bs B[]\nSL2630 a A @relation(\"x\", fields: [aId], references: [id])")]
    [InlineData("a A @relation(fields: [aId], references: [id], onDelete: SetNull)", "SL2635 a A @relation(fields: [aId], references: [id], onDelete: SetNull)")]
    [InlineData("text2 String @relation(fields: [aId])\n a A @relation(fields: [aId], references: [id])", "SL2602 text2 String @relation(fields: [aId])\nSL2207 text2 String @relation(fields: [aId])")]
    public void What_is_wrong_with_a_reference_is_said_on_its_line(string field, string mistakes) =>
        Assert.Equal(mistakes, Bound.Mistakes($$"""
            model A {
              id Int @id
              name String
              bs B[]
            }
            model B {
              id Int @id
              aId Int
              maybe Int?
              text String
              {{field}}
            }
            """));

    [Theory]
    [InlineData("Int", "BigInt", Severity.Warning)]
    [InlineData("BigInt", "Int", Severity.Warning)]
    [InlineData("Int", "Decimal", Severity.Warning)]
    [InlineData("Decimal", "Float", Severity.Warning)]
    [InlineData("Decimal", "Int", Severity.Error)]
    [InlineData("Int", "String", Severity.Error)]
    public void A_reference_between_numbers_that_the_server_takes_is_no_error(string from, string to, Severity severity) =>
        Assert.Equal(("SL2634", severity), Bound.Read($$"""
            model A {
              id {{to}} @id
              bs B[]
            }
            model B {
              id Int @id
              aId {{from}}
              a A @relation(fields: [aId], references: [id])
            }
            """).Diagnostics.Select(d => (d.Code, d.Severity)).Single());

    [Fact]
    public void The_list_of_a_one_to_many_says_nothing_about_the_reference() =>
        Assert.Equal(
            "SL2638 bs B[] @relation(fields: [id], onDelete: Cascade)\nSL2638 bs B[] @relation(fields: [id], onDelete: Cascade)",
            Bound.Mistakes("""
                model A {
                  id Int @id
                  bs B[] @relation(fields: [id], onDelete: Cascade)
                }
                model B {
                  id Int @id
                  aId Int
                  a A @relation(fields: [aId], references: [id])
                }
                """));

    [Fact]
    public void A_one_to_one_needs_a_unique_reference_and_an_optional_other_side()
    {
        Assert.Equal("SL2644 a A @relation(fields: [aId], references: [id])", Bound.Mistakes(OneToOne("Int", "B?")));
        Assert.Equal("SL2642 a A @relation(fields: [aId], references: [id])", Bound.Mistakes(OneToOne("Int @unique", "B")));
        Assert.Contains("`b B?`", Bound.Read(OneToOne("Int @unique", "B")).Diagnostics.Single().Help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b B?", "a A?", "SL2639 b B?\nSL2639 b B?\nSL2639 a A?\nSL2639 a A?")]
    [InlineData("b B @relation(fields: [id], references: [id])", "a A? @relation(fields: [id], references: [id])",
        "SL2640 b B @relation(fields: [id], references: [id])\nSL2640 b B @relation(fields: [id], references: [id])\n"
        + "SL2640 a A? @relation(fields: [id], references: [id])\nSL2640 a A? @relation(fields: [id], references: [id])")]
    [InlineData("b B? @relation(fields: [id])", "a A? @relation(references: [id])",
        "SL2641 b B? @relation(fields: [id])\nSL2641 a A? @relation(references: [id])")]
    [InlineData("b B? @relation(fields: [id], references: [id])", "a A", "SL2643 b B? @relation(fields: [id], references: [id])")]
    [InlineData("b B[] @relation(fields: [id])", "a A[]", "SL2645 b B[] @relation(fields: [id])\nSL2645 a A[]")]
    [InlineData("b B[] @relation(references: [x])", "a A[]",
        "SL2648 b B[] @relation(references: [x])\nSL2650 b B[] @relation(references: [x])")]
    [InlineData("b B[] @relation(\"one\", name: \"two\")", "a A[]", "SL2600 b B[] @relation(\"one\", name: \"two\")")]
    public void One_side_says_how_the_two_are_related(string field, string back, string mistakes) =>
        Assert.Equal(mistakes, Bound.Mistakes($$"""
            model A {
              id Int @id
              {{field}}
            }
            model B {
              id Int @id
              x Int @unique
              {{back}}
            }
            """));

    [Fact]
    public void A_view_is_not_many_to_many() =>
        Assert.Equal("SL2646 vs V[]\nSL2647 vs V[]\nSL2646 as A[]", Bound.Mistakes("""
            generator g {
              provider = "x"
              previewFeatures = ["views"]
            }
            model A {
              id Int @id
              vs V[]
            }
            view V {
              id Int @unique
              as A[]
            }
            """));

    [Fact]
    public void Ambiguous_fields_end_the_checks_at_once() =>
        Assert.Equal("SL2620 one A @relation(fields: [x], references: [id])", Bound.Mistakes("""
            model B {
              id Int @id
              x Int
              one A @relation(fields: [x], references: [id])
              two A @relation(fields: [x], references: [id])
            }
            model A {
              id Int
              bs B[]
            }
            """));

    [Fact]
    public void A_many_to_many_refers_to_ids_alone() =>
        Assert.Equal(
            "SL2647 bs B[]\nSL2650 as A[] @relation(references: [id], onDelete: Cascade)\nSL2649 as A[] @relation(references: [id], onDelete: Cascade)",
            Bound.Mistakes("""
                model A {
                  id Int @id
                  bs B[]
                }
                model B {
                  x Int
                  y Int
                  as A[] @relation(references: [id], onDelete: Cascade)
                  @@id([x, y])
                }
                """));

    [Fact]
    public void A_hidden_target_must_be_hidden_at_the_field_too() =>
        Assert.Equal("SL2621 bs B[]", Bound.Mistakes("""
            model A {
              id Int @id
              bs B[]
            }
            model B {
              id Int @id
              aId Int
              a A @relation(fields: [aId], references: [id])
              @@ignore
            }
            """));

    [Fact]
    public void Emulated_relations_want_an_index_and_no_circle()
    {
        Assert.Equal("SL2623 a A @relation(fields: [aId], references: [id])", Bound.Mistakes("""
            model A {
              id Int @id
              bs B[]
            }
            model B {
              id Int @id
              aId Int
              a A @relation(fields: [aId], references: [id])
            }
            """, Bound.Emulated));
        Assert.Equal(
            "SL2636 b B @relation(fields: [bId], references: [id])\nSL2636 a A @relation(\"back\", fields: [aId], references: [id])",
            Bound.Mistakes("""
                model A {
                  id Int @id
                  bId Int @unique
                  b B @relation(fields: [bId], references: [id])
                  bs B[] @relation("back")
                }
                model B {
                  id Int @id
                  aId Int @unique
                  a A @relation("back", fields: [aId], references: [id])
                  as A[]
                }
                """, Bound.Emulated));
        Assert.Equal("SL2622 a A @relation(fields: [aId], references: [id], onDelete: NoAction)", Bound.Mistakes("""
            model A {
              id Int @id
              bs B[]
            }
            model B {
              id Int @id
              aId Int @unique
              a A @relation(fields: [aId], references: [id], onDelete: NoAction)
            }
            """, Bound.Emulated));
    }

    [Fact]
    public void A_long_circle_is_no_danger()
    {
        var models = Enumerable.Range(0, 5000).Select(i => $$"""
            model M{{i}} {
              id Int @id
              nextId Int @unique
              next M{{(i + 1) % 5000}} @relation(fields: [nextId], references: [id])
              previous M{{(i + 4999) % 5000}}?
            }
            """);
        Assert.Equal(5000, Bound.Read(string.Join('\n', models), Bound.Emulated).Diagnostics.Count(d => d.Code == "SL2636"));
    }

    private static string OneToOne(string reference, string back) => $$"""
        model A {
          id Int @id
          b {{back}}
        }
        model B {
          id Int @id
          aId {{reference}}
          a A @relation(fields: [aId], references: [id])
        }
        """;
}
