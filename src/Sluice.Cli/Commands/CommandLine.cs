using System.CommandLine;
using Sluice.Cli.Options;

namespace Sluice.Cli.Commands;

/// <summary>Repeats what was asked for in commands that a message suggests, so that they can be pasted.</summary>
internal static class CommandLine
{
    /// <summary>The project's options as they were given, with a blank before; never the address, which may hold a password.</summary>
    public static string Shared(Session session) => Part(session, SharedOptions.Schema) + Part(session, SharedOptions.Migrations);

    public static string Quote(string text) =>
        text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or '@') && text.Length > 0
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Part(Session session, Option<string?> option) =>
        session.Get(option) is { } value ? $" {option.Name} {Quote(value)}" : "";
}
