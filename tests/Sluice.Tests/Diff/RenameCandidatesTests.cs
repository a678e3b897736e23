using Sluice.Catalog;
using Sluice.Diff.Renames;
using Sluice.Model;
using Sluice.Syntax;
using Xunit;
using static Sluice.Tests.Diff.Tables;

namespace Sluice.Tests.Diff;

public class RenameCandidatesTests
{
    private static readonly Column Id = Column("id", NativeKind.Integer);
    private static readonly Column Name = Column("name", NativeKind.Text);

    [Fact]
    public void A_column_with_the_same_traits_and_a_similar_name_scores_almost_one()
    {
        var candidate = Assert.Single(Between([Id, Name], [Id, Column("full_name", NativeKind.Text)]));
        Assert.Equal(("column", "t.name", "full_name", 0.94), (candidate.Kind, candidate.OldPath, candidate.New, candidate.Score));
        Assert.Contains("same type", candidate.Reasons);
    }

    [Fact]
    public void A_change_of_case_alone_scores_one() =>
        Assert.Equal(1, Assert.Single(Between([Id, Name], [Id, Column("Name", NativeKind.Text)])).Score);

    [Fact]
    public void Each_trait_that_differs_takes_from_the_score()
    {
        Column[] worse =
        [
            Column("label", NativeKind.Text),
            Column("label", NativeKind.Text, arity: FieldArity.Optional),
            Column("label", NativeKind.VarChar, arity: FieldArity.Optional),
        ];
        var scores = worse.Select(c => Assert.Single(Between([Id, Name], [Id, c])).Score).ToArray();
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(scores.Length, scores.Distinct().Count());
    }

    [Fact]
    public void Keys_and_indexes_speak_for_the_column_that_has_the_same()
    {
        var from = Table("t", Id, Name) with { Indexes = [Index("i", "name")] };
        var to = Table("t", Id, Column("one", NativeKind.Text), Column("two", NativeKind.Text)) with { Indexes = [Index("i2", "two")] };
        var candidates = RenameCandidates.Between(Server(from), Schema(to));
        Assert.Contains("same keys and indexes", candidates.Single(c => c.New == "two").Reasons);
        Assert.DoesNotContain("same keys and indexes", candidates.Single(c => c.New == "one").Reasons);
    }

    [Fact]
    public void A_type_that_cannot_hold_the_values_is_no_candidate() =>
        Assert.Empty(Between([Id, Name], [Id, Column("name2", NativeKind.ByteA)]));

    [Fact]
    public void A_column_of_another_table_is_no_candidate() =>
        Assert.Empty(RenameCandidates.Between(Server(Table("a", Id, Name), Table("b", Id)), Schema(Table("a", Id), Table("b", Id, Name))));

    [Fact]
    public void Tables_are_told_by_their_columns()
    {
        var from = Server(Table("users", Id, Name, Column("email", NativeKind.Text)));
        Assert.Equal("users", Assert.Single(RenameCandidates.Between(from, Schema(Table("people", Id, Name, Column("email", NativeKind.Text))))).OldPath);
        Assert.Empty(RenameCandidates.Between(from, Schema(Table("orders", Id, Column("total", NativeKind.Money)))));
    }

    [Fact]
    public void What_is_known_already_is_not_asked_again_and_brings_up_what_is_within()
    {
        var (from, to) = (Server(Table("users", Id, Name)), Schema(Table("people", Id, Column("full_name", NativeKind.Text))));
        var known = to with { Renames = [new Rename.Table(new("public", "users"), new("public", "people"))] };
        var candidate = Assert.Single(RenameCandidates.Between(from, known));
        Assert.Equal(new Rename.Column(new("public", "people"), "name", "full_name"), candidate.Rename);
        Assert.Equal("users.name", candidate.OldPath);
    }

    [Fact]
    public void The_only_enum_value_that_goes_may_be_the_only_one_that_comes()
    {
        var from = Server() with { Enums = [new EnumType(new("public", "Role"), ["A", "B"])] };
        var to = Schema() with { Enums = [new EnumType(new("public", "Role"), ["A", "Z"])] };
        Assert.Equal(("enum value", "Role.B", "Z"), Assert.Single(RenameCandidates.Between(from, to)) is var c ? (c.Kind, c.OldPath, c.New) : default);
    }

    [Fact]
    public void Nothing_is_asked_where_something_only_goes_or_only_comes()
    {
        Assert.Empty(Between([Id, Name], [Id]));
        Assert.Empty(Between([Id], [Id, Name]));
    }

    private static System.Collections.Immutable.ImmutableArray<RenameCandidate> Between(Column[] from, Column[] to) =>
        RenameCandidates.Between(Server(Table("t", from)), Schema(Table("t", to)));
}
