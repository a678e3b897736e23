using System.CommandLine;
using Sluice.Postgres.Drill;

namespace Sluice.Cli.Commands;

/// <summary>`drill verify`: whether a report is what the drill wrote.</summary>
internal static class DrillVerifyCommand
{
    private static readonly Argument<string> File = new("REPORT") { Description = "The report's .json, with its .sig beside it" };

    private static readonly Option<string?> PublicKey = new("--public-key") { Description = "The public key of who ran the drill (default: .sluice/drill-key.pem.pub)", HelpName = "FILE" };

    public static Command Create(Session session) =>
        new ToolCommand("verify", "Check the signature of a drill's report, and show it", session, RunAsync)
        {
            Notes = "Exit code 1 when the report was changed, or does not belong to the key. Whether the drill passed, it says: that is no matter of the signature.",
            Examples = [("drill verify backups/drills/drill_20261121T020000Z.json --public-key operations.pub", "a report that somebody sent")],
        }.With(File, PublicKey);

    private static async Task<Answer> RunAsync(Session session)
    {
        var key = session.Get(PublicKey) is { } named ? Path.GetFullPath(named) : DrillSignature.PublicFileOf(DrillCommand.KeyFile(session));
        var report = await DrillSignature.VerifyAsync(Path.GetFullPath(session.Get(File)!), key, session.Stop);
        DrillCommand.Print(session, report);
        session.Terminal.Result("The signature is right: this is what the drill wrote.");
        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteBoolean("valid", true);
            DrillCommand.Write(json, report);
        });
    }
}
