using System.CommandLine;

namespace Sluice.Cli.Commands;

internal static class CommandParts
{
    public static Command With(this ToolCommand command, params Symbol[] parts)
    {
        foreach (var part in parts)
        {
            if (part is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)part);
            }
        }

        return command;
    }
}
