using System.CommandLine;
using Sluice.Cli.Options;
using Sluice.Postgres.Connecting;

namespace Sluice.Cli.Commands;

/// <summary>Repeats what was asked for in commands that a message suggests, so that they can be pasted.</summary>
internal static class CommandLine
{
    /// <summary>The project's options as they were given, with a blank before; the address as a variable.</summary>
    public static string Shared(Session session) => Part(session, SharedOptions.Schema) + Part(session, SharedOptions.Migrations) + Address(session);

    public static string Quote(string text) => ShellWord.Quote(text);

    /// <summary>Stands for the address that was given: written out it would put a password into logs and histories.</summary>
    private static string Address(Session session) => session.Target is { } target ? $" --url \"${target.Variable ?? "URL"}\"" : session.Has(SharedOptions.Url) ? " --url \"$URL\"" : "";

    private static string Part(Session session, Option<string?> option) =>
        session.Get(option) is { } value ? $" {option.Name} {Quote(value)}" : "";
}
