using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;
using Sluice.Sql;

namespace Sluice.Cli.Commands;

/// <summary>Says what became of a new migration's down.sql.</summary>
internal static class WayBack
{
    public static void Say(Session session, MigrationFile created, Reversal? back)
    {
        if (back is null)
        {
            return;
        }

        var terminal = session.Terminal;
        var path = Paths.Show(created.Down!.Path);
        if (back.Proof.Verdict is ProofVerdict.Proved)
        {
            terminal.Note($"{path} takes it back; up, down and up again were tried on a scratch database{ProofText.Rows(back.Proof)}.");
            foreach (var remark in ProofText.Remarks(back.Proof))
            {
                terminal.Say(remark);
            }
        }
        else
        {
            terminal.Warn($"{path} does not take it back: {back.Proof.Reason}");
            ProofText.Difference(terminal, back.Proof.Difference);
            terminal.Say("  Correct it, then run `sluice migrate verify`.");
        }

        foreach (var lost in DownScript.Irreversible(back.Script))
        {
            terminal.Warn($"Irreversible: {lost}");
        }
    }

    public static void Write(Utf8JsonWriter json, Reversal? back)
    {
        if (back is null)
        {
            json.WriteNull("down");
            return;
        }

        json.WriteStartObject("down");
        json.WriteBoolean("proved", back.Proof.Verdict is ProofVerdict.Proved);
        json.WriteStrings("irreversible", DownScript.Irreversible(back.Script));
        json.WriteStrings("kept", DownScript.Kept(back.Script));
        ProofText.WriteRows(json, back.Proof);
        json.WriteEndObject();
    }
}
