using System.Collections.Frozen;

namespace Sluice.Model.Binding;

/// <summary>Names that generated clients could not use for a type.</summary>
internal static class ReservedNames
{
    private static readonly FrozenSet<string> Words = FrozenSet.ToFrozenSet(
        [
            "PrismaClient",
            "async", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete",
            "do", "else", "enum", "export", "extends", "false", "finally", "for", "function", "if", "implements",
            "import", "in", "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public",
            "return", "super", "switch", "this", "throw", "true", "try", "typeof", "using", "var", "void", "while", "with", "yield",
        ],
        StringComparer.Ordinal);

    public static bool Contains(string name) => Words.Contains(name);
}
