using System.Diagnostics;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Tests.Sql.Segments;

public sealed class SegmentationTests
{
    // T ours, B the script's own BEGIN, S ended by the script, C chained, R rolled back, A alone; statements counted from 1.
    [Theory]
    [InlineData("", "")]
    [InlineData("-- nothing", "")]
    [InlineData("create table a (); create table b ()", "T1-2")]
    [InlineData("select 1", "T1")]
    [InlineData("begin; create table a (); commit", "B1-3")]
    [InlineData("create table a (); begin; create table b (); commit; create table c ()", "S1-4 T5")]
    [InlineData("begin; a; commit; begin; b; rollback", "B1-3 R4-6")]
    [InlineData("begin; a; commit and chain; b; commit", "B1-3 C4-5")]
    [InlineData("commit", "S1")]
    [InlineData("begin; a", "T1-2 open 1")]
    [InlineData("a; begin; b", "T1-3 open 2")]
    [InlineData("begin; commit and chain", "B1-2 open 2")]
    [InlineData("savepoint s; a; rollback to savepoint s; b", "T1-4")]
    [InlineData("a; create index concurrently i on t (x); b; c", "T1 A2 T3-4")]
    [InlineData("begin; create index concurrently i on t (x); commit", "B1-3")]
    [InlineData("vacuum t; vacuum (full) u", "A1 A2")]
    [InlineData("a; prepare transaction 'x'; commit prepared 'x'", "S1-2 A3")]
    [InlineData("do $$ begin commit; end $$; a", "A1 T2")]
    [InlineData("do $$ begin perform 1; end $$; a", "T1-2")]
    [InlineData("call p()", "A1")]
    [InlineData("call p(); a", "T1-2")]
    [InlineData("alter type e add value 'b'", "T1")]
    [InlineData("alter type e add value 'b'; create table t (c e default 'b')", "T1 T2")]
    [InlineData("alter type e add value 'b'; create table t (); alter table t add c e default 'b'; x", "T1-2 T3-4")]
    [InlineData("alter type e add value 'b'; alter type e add value 'c' after 'b'", "T1-2")]
    [InlineData("alter type e add value if not exists 'it''s'; insert into t values ('it''s')", "T1 T2")]
    [InlineData("alter type e add value 'b'; insert into t values ('{a,b}')", "T1 T2")]
    [InlineData("alter type e add value 'b'; insert into t values ('bob', 'a-b-c'); x", "T1 T2-3")]
    [InlineData("alter type e add value 'b'; insert into t values ('bob'); x", "T1-3")]
    [InlineData("alter type e add value 'b'; do $$ begin insert into t values ('b'); end $$", "T1 T2")]
    [InlineData("create type e as enum ('a'); alter type e add value 'b'; insert into t values ('b')", "T1-3")]
    [InlineData("begin; alter type e add value 'b'; insert into t values ('b'); commit", "B1-4")]
    public void A_script_is_cut_where_it_commits(string script, string segments) => Assert.Equal(segments, Show(Segmentation.Of(script)));

    [Theory]
    [InlineData("create unique index concurrently if not exists \"I\" on only s.\"T\" using btree (x)", "CreateIndex { Name = I, Table = s.\"T\", IfNotExists = True }")]
    [InlineData("create index concurrently on t(x)", "CreateIndex { Name = , Table = t, IfNotExists = False }")]
    [InlineData("create /* c */ index\nconcurrently i on t (x)", "CreateIndex { Name = i, Table = t, IfNotExists = False }")]
    [InlineData("create index concurrently_not on t (x)", "")]
    [InlineData("create index i on t ('concurrently')", "")]
    [InlineData("drop index concurrently if exists a, s.b", "DropIndex a,s.b")]
    [InlineData("drop index a", "")]
    [InlineData("reindex (verbose, concurrently) table s.t", "Reindex { Relation = s.t }")]
    [InlineData("reindex index concurrently i", "Reindex { Relation = i }")]
    [InlineData("reindex table t", "")]
    [InlineData("reindex schema s", "Repeatable { }")]
    [InlineData("alter table only p detach partition s.c concurrently", "DetachPartition { Parent = p, Partition = s.c }")]
    [InlineData("alter table p detach partition c", "")]
    [InlineData("alter system set work_mem = '1MB'", "Repeatable { }")]
    [InlineData("create database \"My\"", "CreateShared { Kind = DATABASE, Name = My }")]
    [InlineData("DROP DATABASE IF EXISTS My", "DropShared { Kind = DATABASE, Name = my }")]
    [InlineData("create tablespace t location '/x'", "CreateShared { Kind = TABLESPACE, Name = t }")]
    [InlineData("alter database d set work_mem = 1", "")]
    [InlineData("alter database d set tablespace x", "Repeatable { }")]
    [InlineData("cluster", "Repeatable { }")]
    [InlineData("cluster (verbose)", "Repeatable { }")]
    [InlineData("cluster t using i", "")]
    [InlineData("refresh materialized view concurrently m", "")]
    [InlineData("discard all", "Repeatable { }")]
    [InlineData("alter table t attach partition c default", "")]
    [InlineData("create table t (database text)", "")]
    public void A_statement_that_refuses_a_transaction_is_known_with_its_traces(string statement, string expected)
    {
        var found = Segmentation.Of(statement + "; x").Segments.OfType<Segment.Alone>().SingleOrDefault()?.Statement;

        Assert.Equal(expected, found is LoneStatement.DropIndex drop ? "DropIndex " + string.Join(',', drop.Names) : found?.ToString() ?? "");
    }

    [Fact]
    public void What_is_left_of_a_script_is_cut_by_itself()
    {
        const string Script = "begin; a; commit and chain; b; commit; vacuum; c";

        Assert.Equal("S4-5 A6 T7", Show(Segmentation.Of(Script, StatementSplitter.Split(Script), from: 3)));
        Assert.Equal("T7", Show(Segmentation.Of(Script, StatementSplitter.Split(Script), from: 6)));
        Assert.Equal("", Show(Segmentation.Of(Script, StatementSplitter.Split(Script), from: 7)));
    }

    [Fact]
    public void A_large_script_is_cut_in_time_that_grows_with_its_length()
    {
        var script = "alter type e add value 'needle';" + string.Concat(Enumerable.Repeat("insert into t values (1, 'hay ''hay');\n", 120_000));

        var spent = ThreadClock.Measure(() => Assert.Single(Segmentation.Of(script).Segments));

        Assert.True(spent < TimeSpan.FromSeconds(3), $"{spent}");
    }

    [Fact]
    public void Any_text_is_cut_without_an_exception_and_no_statement_is_lost()
    {
        string[] parts = ["create ", "index ", "concurrently ", "on ", "(", ")", "'", "\"", "$$", ";", "begin", "commit", " and chain", "alter type e add value ", "'v'", ".", ",", "reindex ", "-- ", "\n", "drop "];
        var random = new Random(7);
        for (var round = 0; round < 3000; round++)
        {
            var script = string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => parts[random.Next(parts.Length)]));
            var cut = Segmentation.Of(script);
            Assert.Equal(Enumerable.Range(0, cut.Statements.Length), cut.Segments.SelectMany(s => Enumerable.Range(s.First, s.End - s.First)));
        }
    }

    private static string Show(Segmentation cut)
    {
        var shown = cut.Segments.Select(s => s switch
        {
            Segment.Transaction => "T" + Range(s),
            Segment.Scripted { Keeps: false } => "R" + Range(s),
            Segment.Scripted { Opening: Opening.Own } => "B" + Range(s),
            Segment.Scripted { Opening: Opening.Chained } => "C" + Range(s),
            Segment.Scripted => "S" + Range(s),
            Segment.Alone => "A" + Range(s),
            _ => throw new UnreachableException(),
        });
        return string.Join(' ', cut.LeftOpen is { } open ? shown.Append($"open {open + 1}") : shown);
    }

    private static string Range(Segment segment) => segment.End - segment.First == 1 ? $"{segment.First + 1}" : $"{segment.First + 1}-{segment.End}";
}
