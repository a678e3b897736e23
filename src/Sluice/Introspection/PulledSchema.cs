using System.Collections.Immutable;
using Sluice.Model;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Introspection;

/// <summary>The schema as it stood before: its names, order, comments and configuration are kept.</summary>
public sealed record PreviousSchema(ImmutableArray<SyntaxTree> Trees, SchemaModel Model)
{
    /// <summary>Mistakes do not matter here: what can be read is kept.</summary>
    public static PreviousSchema Read(IEnumerable<SourceText> files)
    {
        var parsed = files.Select(SchemaParser.Parse).ToImmutableArray();
        var trees = parsed.Select(p => p.Value).ToImmutableArray();
        var bound = ModelBinder.Bind(trees, afterSyntaxErrors: true);
        return new(trees, bound.Value) { IsSound = !bound.HasErrors && !parsed.Any(p => p.HasErrors) };
    }

    /// <summary>Without mistakes: then it says what a database would be.</summary>
    internal bool IsSound { get; private init; }
}

public sealed record PulledSchema(EquatableArray<PulledFile> Files, EquatableArray<PullWarning> Warnings);

/// <param name="Path">As the previous schema has it; `schema.prisma` when there was none.</param>
public sealed record PulledFile(string Path, string Text);

/// <summary>One kind of thing that the schema cannot say, or says differently, with everything it was found on.</summary>
public sealed record PullWarning(PullFinding Finding, EquatableArray<string> Objects)
{
    public string Message => PullMessages.Of(Finding);
}

public enum PullFinding
{
    WithoutIdentifier,
    UnsupportedType,
    FieldCommentedOut,
    EnumValueCommentedOut,
    EmptyTable,
    ReservedName,
    DuplicateName,
    PartitionedTable,
    InheritedTable,
    RowSecurity,
    CheckConstraint,
    ExclusionConstraint,
    DeferrableConstraint,
    ExpressionIndex,
    NullsOrder,
    PartialIndex,
    RepeatedUnique,
    GeneratedColumn,
    DatabaseComment,
    CopiedRelation,
}
