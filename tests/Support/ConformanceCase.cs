namespace Sluice.Tests.Support;

/// <param name="Start">UTF-8 byte offset, as <paramref name="End"/>.</param>
public sealed record LintEntry(int Start, int End, string Text, bool IsWarning);

public sealed record PslCase(string Name, string SchemaPath, IReadOnlyList<LintEntry> Expected);

/// <param name="Sql">What takes an empty database to the schema.</param>
public sealed record SqlCase(string Name, string SchemaPath, string Sql);

public sealed record StepsCase(string Name, string Folder, IReadOnlyList<StepCase> Steps);

/// <param name="Sql">From the step before (or empty) to this schema; empty text = nothing to do.</param>
/// <param name="SqlFromDatabase">Where database → schema differs from schema → schema, else null.</param>
/// <param name="DriftAfter">What still differs after the step was applied: empty = nothing; null where it cannot be applied.</param>
/// <param name="ApplyError">The server's refusal of the step, when it refuses.</param>
public sealed record StepCase(int Number, string SchemaPath, string Sql, string? SqlFromDatabase, string? DriftAfter, string? ApplyError);

public sealed record ReformatCase(string Name, string SchemaPath, string Input, string Expected);

/// <param name="SetUp">SQL to run first; comments in it are harmless.</param>
/// <param name="PreviousSchema">The schema that is introspected again, where the case has one.</param>
/// <param name="ExpectedSchema">May lack its datasource and generator.</param>
public sealed record IntrospectionCase(string Name, string Path, string SetUp, string? PreviousSchema, string ExpectedSchema);

/// <param name="SchemaPath">A file or a folder, see <see cref="Conformance.SchemaFiles"/>.</param>
/// <param name="Drift">What remains between the replayed history and the schema; empty = nothing.</param>
public sealed record RealWorldCase(
    string Name,
    string Folder,
    string SchemaPath,
    string MigrationsFolder,
    string SqlFromEmpty,
    string Drift);
