using Sluice.Syntax;
using Xunit;

namespace Sluice.Tests.Syntax;

public class TreeTests
{
    private const string Sample = "// note\r\n/// The user.\n/// Second line.\nmodel Usér {\n\tid Int @id @default(autoincrement())"
        + "\n  /// Mail.\n  mail String? @db.VarChar(10) /// lower case\n  tags Unsupported(\"a\\\"b\")[] /* odd */\n\n"
        + "  @@index([mail(sort: Desc), id], type: Gin) // why\n}\n\nenum E {\n  A @map(\"a\")\n  /* x */ B\n}\n";

    [Theory]
    [InlineData(Sample)]
    [InlineData("\uFEFFmodel A {\n}\n")]
    [InlineData("\"unclosed /* 1st -1.5 - @@ \\ \0 \uD800 é")]
    public void Tokens_joined_are_the_text_again(string text)
    {
        var tree = Parsed.Tree(text).Value;
        Assert.Equal(text, string.Concat(tree.Tokens.Select(t => tree.Source.Slice(t.Span))));
    }

    [Fact]
    public void Documentation_before_and_behind_a_declaration_belongs_to_it()
    {
        var tree = Parsed.Tree(Sample).Value;
        var model = Assert.IsType<ModelSyntax>(tree.Blocks[0]);
        Assert.Equal("The user.\nSecond line.", model.Documentation);
        Assert.Equal("Mail.\nlower case", model.Fields[1].Documentation);
        Assert.Equal("x", Assert.IsType<EnumSyntax>(tree.Blocks[1]).Values[1].Documentation);
    }

    [Fact]
    public void A_comment_apart_from_a_block_documents_nothing() =>
        Assert.Null(Parsed.Model("/// apart\n\nmodel A {\n}\n").Documentation);

    [Fact]
    public void Types_keep_their_arity_and_the_text_of_unsupported_ones()
    {
        var fields = ((ModelSyntax)Parsed.Tree(Sample).Value.Blocks[0]).Fields;
        Assert.Equal([FieldArity.Required, FieldArity.Optional, FieldArity.List], fields.Select(f => f.Type.Arity));
        Assert.Equal("a\"b", fields[2].Type.UnsupportedText);
    }

    [Fact]
    public void Spans_cover_exactly_what_they_name()
    {
        var tree = Parsed.Tree(Sample).Value;
        var model = (ModelSyntax)tree.Blocks[0];
        Assert.Equal("Usér", tree.Source.Slice(model.Name.Span));
        Assert.Equal("@default(autoincrement())", tree.Source.Slice(model.Fields[0].Attributes[1].Span));
        Assert.Equal("db.VarChar", tree.Source.Slice(model.Fields[1].Attributes[0].Name.Span));
        var index = model.Attributes.Single();
        Assert.Equal("@@index([mail(sort: Desc), id], type: Gin)", tree.Source.Slice(index.Span));
        Assert.Equal("type: Gin", tree.Source.Slice(index.Arguments[1].Span));
        Assert.StartsWith("model Usér {", tree.Source.Slice(model.Span), StringComparison.Ordinal);
        Assert.EndsWith("(sort: Desc), id], type: Gin) // why\n}", tree.Source.Slice(model.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"""a\n\t\""\\\/\u0041""", "a\n\t\"\\/A")]
    [InlineData(@"""\ud83d\ude00""", "😀")]
    [InlineData(@"""// no comment }""", "// no comment }")]
    public void Escapes_of_strings_are_resolved(string literal, string value) =>
        Assert.Equal(value, Assert.IsType<StringSyntax>(Default(literal)).Value);

    [Theory]
    [InlineData("1", typeof(NumberSyntax))]
    [InlineData("-1.50", typeof(NumberSyntax))]
    [InlineData("true", typeof(ConstantSyntax))]
    [InlineData("a.b", typeof(ConstantSyntax))]
    [InlineData("now()", typeof(FunctionSyntax))]
    [InlineData("[1, [2], f(x: 3)]", typeof(ArraySyntax))]
    [InlineData("{ a: null, b: { not: \"x\" } }", typeof(ObjectSyntax))]
    public void Each_kind_of_expression_is_told_apart(string text, Type kind) => Assert.IsType(kind, Default(text));

    private static ExpressionSyntax Default(string text) =>
        Parsed.Model($"model A {{\n  a String @default({text})\n}}\n").Fields[0].Attributes[0].Arguments[0].Value!;
}
