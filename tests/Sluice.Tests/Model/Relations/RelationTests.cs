using Sluice.Model;
using Xunit;

namespace Sluice.Tests.Model.Relations;

public class RelationTests
{
    [Fact]
    public void A_list_and_a_single_field_are_one_to_many()
    {
        var relation = Assert.IsType<Relation.ForeignKey>(Assert.Single(Bound.Model("""
            model Post {
              id Int @id
              authorId Int @map("author_id")
              author User @relation(fields: [authorId], references: [id])
              @@map("posts")
            }
            model User {
              id Int @id
              posts Post[]
            }
            """).Relations));
        Assert.False(relation.IsOneToOne);
        Assert.Equal(("Post", "author", "User", "posts"), (relation.From, relation.FromField, relation.To, relation.ToField));
        Assert.Equal("posts_author_id_fkey", relation.ConstraintName);
        Assert.Equal((ReferentialAction.Restrict, ReferentialAction.Cascade), (relation.OnDelete, relation.OnUpdate));
    }

    [Fact]
    public void An_optional_reference_is_set_to_null_when_its_target_goes()
    {
        var relation = Assert.IsType<Relation.ForeignKey>(Assert.Single(Bound.Model("""
            model A {
              id Int @id
              bId Int? @unique
              b B? @relation(fields: [bId], references: [id], map: "fk")
            }
            model B {
              id Int @id
              a A?
            }
            """).Relations));
        Assert.True(relation.IsOneToOne);
        Assert.Equal(("fk", ReferentialAction.SetNull), (relation.ConstraintName, relation.OnDelete));
    }

    [Fact]
    public void One_required_field_of_several_makes_the_reference_required()
    {
        var relation = Assert.IsType<Relation.ForeignKey>(Assert.Single(Bound.Model("""
            model A {
              id Int @id
              x Int
              y Int?
              b B? @relation(fields: [x, y], references: [x, y])
            }
            model B {
              x Int
              y Int
              as A[]
              @@id([x, y])
            }
            """).Relations));
        Assert.Equal(ReferentialAction.Restrict, relation.OnDelete);
    }

    [Fact]
    public void Two_lists_are_many_to_many_in_order_of_name()
    {
        var relation = Assert.IsType<Relation.ManyToMany>(Assert.Single(Bound.Model("""
            model Tag {
              id Int @id
              posts Post[]
            }
            model Post {
              id Int @id
              tags Tag[]
            }
            """).Relations));
        Assert.Equal(("Post", "tags", "Tag", "posts", "_PostToTag"), (relation.A, relation.AField, relation.B, relation.BField, relation.TableName));
    }

    [Fact]
    public void A_self_relation_is_found_by_its_name()
    {
        var model = Bound.Model("""
            model Node {
              id Int @id
              parentId Int?
              parent Node? @relation("tree", fields: [parentId], references: [id])
              children Node[] @relation("tree")
              to Node[] @relation("edge")
              from Node[] @relation("edge")
            }
            """);
        Assert.Equal(["tree", "edge"], model.Relations.Select(r => r.Name));
        Assert.Equal([0, 0, 1, 1], model.Entities[0].RelationFields.Select(f => f.RelationIndex));
        Assert.Equal("from", Assert.IsType<Relation.ManyToMany>(model.Relations[1]).AField);
    }

    [Fact]
    public void Of_two_optional_sides_the_one_with_fields_holds_the_reference()
    {
        var relation = Assert.IsType<Relation.ForeignKey>(Assert.Single(Bound.Model("""
            model A {
              id Int @id
              b B?
            }
            model B {
              id Int @id
              aId Int? @unique
              a A? @relation(fields: [aId], references: [id])
            }
            """).Relations));
        Assert.Equal("B", relation.From);
    }

    [Fact]
    public void Fields_may_stand_in_another_order_than_the_key_they_refer_to()
    {
        Assert.Single(Bound.Model("""
            model A {
              id Int @id
              x Int
              y Int
              b B @relation(fields: [y, x], references: [y, x])
            }
            model B {
              x Int
              y Int
              as A[]
              @@unique([x, y])
            }
            """).Relations);
    }
}
