namespace Sluice.CodeGen.EFCore;

/// <summary>What the `generator` block says, every default made explicit.</summary>
/// <param name="Namespace">Of everything generated.</param>
/// <param name="ContextName">The class of the context: `AppContext`.</param>
/// <param name="Nullable">Reference types carry `?`, and the files say `#nullable enable`.</param>
/// <param name="Records">Entities are records instead of classes.</param>
public sealed record GeneratorSettings(string Namespace, string ContextName, bool Nullable = true, bool Records = false);

/// <param name="Path">Relative to the output folder, `/` between its parts.</param>
public sealed record GeneratedFile(string Path, string Text);
