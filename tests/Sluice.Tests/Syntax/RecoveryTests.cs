using Sluice.Diagnostics;
using Xunit;

namespace Sluice.Tests.Syntax;

public class RecoveryTests
{
    public static TheoryData<string, string> BadLines => new()
    {
        { "model A {\n  id Int @id\n  name\n  ok String\n}\n", "SL1007 3:3 name" },
        { "model A {\n  ???\n  id Int @id\n  !!!\n}\n", "SL1004 2:3 ???\nSL1004 4:3 !!!" },
        { "model A {\n  id Int @id;\n}\n", "SL1004 2:3 id Int @id;" },
        { "model A {\n  id Int @default([1,])\n}\n", "SL1004 2:3 id Int @default([1,])" },
        { "enum E {\n  A B\n  C\n}\n", "SL1005 2:3 A B" },
        { "generator g {\n  provider\n  a = 1 2\n}\n", "SL1006 2:3 provider\nSL1006 3:3 a = 1 2" },
        { "hello\nmodel A {\n}\n", "SL1001 1:1 hello" },
        { "thing {\n  a b c\n}\nmodel A {\n}\n", "SL1002 1:1 thing {\n  a b c\n}" },
        { "type X = String @db.Text\n", "SL1003 1:1 type X = String @db.Text" },
        { "model A {\n  id: Int\n}\n", "SL1008 2:5 :" },
        { "model A {\n  id Int!\n}\n", "SL1009 2:6 Int!" },
        { "model A {\n  id [Int]\n}\n", "SL1010 2:6 [Int]" },
        { "model A {\n  id Int[]?\n}\n", "SL1011 2:6 Int[]?" },
        { "model A {\n  id Int @default(1,)\n  @@index([id],)\n}\n", "SL1012 2:20 ,\nSL1012 3:15 ," },
        { "model A {\n  id Int @default(value: )\n}\n", "SL1013 2:19 value" },
        { "model A {\n  id String @default(\"a\\qb\\u12\")\n}\n", "SL1014 2:24 \\q\nSL1015 2:27 \\u12" },
        { "model A {\n  id String @default(\"\\ud83d\\ud83d\")\n}\n", "SL1015 2:23 \\ud83d\\ud83d" },
        { "type A {\n  id Int @id\n  @@map(\"x\")\n}\n", "SL1017 2:3 id Int @id\nSL1017 3:3 @@map(\"x\")" },
        { "model A { id Int @id\n}\n", "SL1018 1:10  id Int @id" },
    };

    [Theory, MemberData(nameof(BadLines))]
    public void Each_bad_line_or_block_gives_one_mistake_and_the_rest_is_read(string text, string expected) =>
        Assert.Equal(expected, Parsed.Mistakes(text));

    [Fact]
    public void A_block_left_open_makes_every_line_of_it_a_mistake() =>
        Assert.Equal("SL1001 1:1 model A {\nSL1001 2:3 id Int @id", Parsed.Mistakes("model A {\n  id Int @id\n"));

    [Fact]
    public void A_mistake_in_one_block_leaves_the_others_whole()
    {
        var tree = Parsed.Tree("model A {\n  ???\n  id Int @id\n}\n\nnonsense\n\nenum E {\n  X\n}\n").Value;
        Assert.Equal(["A", "E"], tree.Blocks.Select(b => b.Name.Name));
    }

    [Theory, MemberData(nameof(BadLines))]
    public void Every_mistake_says_what_to_write_instead(string text, string expected)
    {
        _ = expected;
        Assert.All(Parsed.Tree(text).Diagnostics, d => Assert.False(string.IsNullOrWhiteSpace(d.Help)));
    }

    [Fact]
    public void What_follows_an_opening_brace_is_only_warned_of() =>
        Assert.Equal(Severity.Warning, Parsed.Tree("model A { id Int @id\n}\n").Diagnostics.Single().Severity);
}
