using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Sluice.Cli.Output;

/// <summary>`--version`.</summary>
internal sealed class VersionText(Session session) : SynchronousCommandLineAction
{
    public static string Number =>
        typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public override int Invoke(ParseResult parseResult)
    {
        if (session.Json)
        {
            session.Write(Answer.With(Outcome.Ok, json => json.WriteString("version", Number)));
        }
        else
        {
            session.Terminal.Raw(Number + "\n");
        }

        return 0;
    }
}
