using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Sql.Lexing;
using Sluice.Text;

namespace Sluice.Lint.Statements;

/// <summary>A statement as the rules look at it: what it does, to which objects, with which clauses.</summary>
internal abstract record Statement
{
    private Statement()
    {
    }

    /// <summary>What it changes of the rows of tables, in its WITH too.</summary>
    public IEnumerable<Write> Writes => this is Write write ? [.. write.Inner.Items, write] : [];

    public sealed record CreateTable(ObjectName Name) : Statement
    {
        public bool IfNotExists { get; init; }

        public bool Temporary { get; init; }

        public bool Unlogged { get; init; }

        public EquatableArray<ColumnDefinition> Columns { get; init; } = [];

        public EquatableArray<ConstraintDefinition> Constraints { get; init; } = [];

        public EquatableArray<ObjectName> Like { get; init; } = [];

        public EquatableArray<ObjectName> Inherits { get; init; } = [];

        public ObjectName? PartitionOf { get; init; }

        /// <summary>PARTITION OF … DEFAULT.</summary>
        public bool IsDefault { get; init; }

        public bool Partitioned { get; init; }

        /// <summary>Filled by a query (`AS SELECT …`), which reads <see cref="Sources"/>.</summary>
        public bool Filled { get; init; }

        public EquatableArray<ObjectName> Sources { get; init; } = [];
    }

    /// <param name="Name">Null where the server makes one up.</param>
    public sealed record CreateIndex(string? Name, ObjectName Table) : Statement
    {
        public bool Unique { get; init; }

        /// <summary>USING, folded; null for the usual.</summary>
        public string? Method { get; init; }

        public bool Concurrently { get; init; }

        public bool IfNotExists { get; init; }

        public bool Only { get; init; }

        public EquatableArray<IndexPart> Parts { get; init; } = [];

        public Expression? Where { get; init; }

        /// <summary>The text from ON to the end, for the safe form.</summary>
        public string On { get; init; } = "";
    }

    public sealed record CreateView(ObjectName Name, bool OrReplace, bool Materialized, Expression Body) : Statement
    {
        public EquatableArray<ObjectName> Sources { get; init; } = [];
    }

    /// <param name="Labels">Null for what is no enum.</param>
    public sealed record CreateType(ObjectName Name, EquatableArray<string>? Labels) : Statement;

    public sealed record CreateDomain(ObjectName Name, SqlType Base, bool HasConstraint) : Statement;

    public sealed record CreateFunction(ObjectName Name, bool OrReplace) : Statement
    {
        public bool Volatile { get; init; } = true;

        public bool SecurityDefiner { get; init; }

        public bool FixesSearchPath { get; init; }
    }

    public sealed record CreateTrigger(string Name, ObjectName Table) : Statement;

    public sealed record CreatePolicy(string Name, ObjectName Table) : Statement;

    public sealed record CreateRule(string Name, ObjectName Table) : Statement;

    public sealed record CreateStatistics(ObjectName? Table) : Statement;

    public sealed record CreatePublication(string Name, EquatableArray<ObjectName> Tables, bool AllTables) : Statement;

    /// <param name="Kind">In upper case: `EXTENSION`, `SCHEMA`, `SEQUENCE`, `ROLE` …</param>
    /// <param name="Name">Null where its form is not looked at.</param>
    public sealed record CreateOther(string Kind, ObjectName? Name, bool IfNotExists) : Statement
    {
        public bool HasPassword { get; init; }
    }

    public sealed record AlterRelation(RelationKind Kind, ObjectName Name, EquatableArray<AlterAction> Actions) : Statement
    {
        public bool IfExists { get; init; }

        public bool Only { get; init; }
    }

    public sealed record AddEnumValue(ObjectName Type, string Value, bool Placed, bool IfNotExists) : Statement;

    public sealed record RenameEnumValue(ObjectName Type, string From, string To) : Statement;

    public sealed record AlterDomain(ObjectName Name, DomainChange Change) : Statement;

    /// <summary>ALTER of whatever has no form of its own here.</summary>
    /// <param name="RenamedTo">For RENAME TO.</param>
    public sealed record AlterOther(string Kind, ObjectName? Name, string? RenamedTo) : Statement
    {
        public bool HasPassword { get; init; }

        /// <summary>ALTER POLICY or TRIGGER … ON.</summary>
        public ObjectName? On { get; init; }
    }

    /// <param name="Kind">In upper case: `TABLE`, `MATERIALIZED VIEW` …</param>
    /// <param name="On">Of a trigger, policy or rule: its table.</param>
    public sealed record Drop(string Kind, EquatableArray<ObjectName> Names, ObjectName? On) : Statement
    {
        public bool IfExists { get; init; }

        public bool Cascade { get; init; }

        public bool Concurrently { get; init; }
    }

    /// <summary>INSERT, UPDATE, DELETE, MERGE, COPY FROM.</summary>
    /// <param name="Verb">In upper case.</param>
    public sealed record Write(string Verb, ObjectName Table) : Statement
    {
        /// <summary>A WHERE that is more than `true`.</summary>
        public bool Narrowed { get; init; }

        /// <summary>It ends after a number of rows: by LIMIT, or a range of a key (BETWEEN, &lt;).</summary>
        public bool Bounded { get; init; }

        /// <summary>INSERT of rows that are written down, not selected.</summary>
        public bool Literal { get; init; }

        public EquatableArray<ObjectName> Sources { get; init; } = [];

        /// <summary>MERGE … THEN DELETE.</summary>
        public bool MergesAway { get; init; }

        /// <summary>The others that one statement makes, in its WITH.</summary>
        public EquatableArray<Write> Inner { get; init; } = [];

        /// <summary>UPDATE's columns in order.</summary>
        public EquatableArray<string> Assigned { get; init; } = [];
    }

    public sealed record Query(EquatableArray<ObjectName> Sources, Expression Text) : Statement;

    public sealed record Truncate(EquatableArray<ObjectName> Names, bool Cascade) : Statement;

    public sealed record LockTable(EquatableArray<ObjectName> Names, LockLevel Level, bool NoWait) : Statement;

    /// <param name="Kind">`INDEX`, `TABLE`, `SCHEMA`, `DATABASE`, `SYSTEM`.</param>
    public sealed record Reindex(string Kind, ObjectName Name, bool Concurrently) : Statement;

    public sealed record Cluster(ObjectName? Name) : Statement;

    public sealed record Vacuum(bool Full, EquatableArray<ObjectName> Names) : Statement;

    public sealed record Analyze(EquatableArray<ObjectName> Names) : Statement;

    public sealed record Refresh(ObjectName Name, bool Concurrently) : Statement;

    public sealed record Comment(string Kind, ObjectName Name) : Statement;

    public sealed record Grant(bool Revokes) : Statement
    {
        public bool All { get; init; }

        public bool ToPublic { get; init; }

        public bool WithGrantOption { get; init; }
    }

    /// <param name="Name">In lower case.</param>
    /// <param name="Value">Its text without quotes.</param>
    public sealed record Setting(string Name, string Value, bool Local) : Statement;

    public sealed record Transaction(TransactionControl Control) : Statement;

    /// <param name="Body">What is in the string.</param>
    /// <param name="IsEscaped">It is written with escapes (`E''`, `U&amp;''`), which are not undone.</param>
    public sealed record Block(string Body, bool IsEscaped) : Statement;

    /// <summary>CALL, EXECUTE: what runs is not in sight.</summary>
    public sealed record Call(string Verb) : Statement;

    /// <summary>Touches no object that a rule asks about: SHOW, NOTIFY, DISCARD, SET CONSTRAINTS …</summary>
    public sealed record Other(string Verb) : Statement;

    /// <summary>Not one of ours, or not in a form that we know.</summary>
    /// <param name="At">Where reading ended.</param>
    public sealed record Unknown(string At) : Statement;
}

internal abstract record DomainChange
{
    private DomainChange()
    {
    }

    public sealed record AddConstraint(bool NotValid) : DomainChange;

    public sealed record Validate : DomainChange;

    public sealed record SetNotNull : DomainChange;

    public sealed record Rename(string To) : DomainChange;

    public sealed record Other : DomainChange;
}
