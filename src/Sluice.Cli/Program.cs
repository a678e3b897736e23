using Sluice.Cli;

using var session = new Session();
try
{
    return await session.RunAsync(CommandTree.Build(session), args);
}
catch (Exception problem)
{
    // The one place where a failure becomes a message and an exit code.
    return session.Fail(problem);
}
