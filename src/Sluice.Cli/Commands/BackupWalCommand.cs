using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Recovery;

namespace Sluice.Cli.Commands;

/// <summary>`backup wal`: receives the server's WAL until it is stopped.</summary>
internal static class BackupWalCommand
{
    private static readonly Option<string> Slot = new("--slot") { Description = "The replication slot, made where it is missing (default: sluice)", HelpName = "NAME", DefaultValueFactory = _ => WalRequest.DefaultSlot };

    private static readonly Option<bool> DropSlot = new("--drop-slot") { Description = "Receive nothing more: let the server forget the slot, and what it keeps for it" };

    public static Command Create(Session session) =>
        new ToolCommand("wal", "Receive the server's write-ahead log as it is written, until Ctrl-C", session, RunAsync)
        {
            Notes = """
                Runs in the foreground, as a service does: pg_receivewal, each piece synced to the disk before the server hears of it. A lost
                connection is tried again within 5 s. Nothing is lost meanwhile: the server keeps WAL for the slot, and its disk fills when
                nobody comes for it. `max_slot_wal_keep_size` on the server bounds that. With a key each file is encrypted once the next one has begun.
                """,
            Examples =
            [
                ("backup wal", "beside the server's life, for example as a systemd service"),
                ("backup wal --drop-slot", "when it is not to run again"),
            ],
        }.With(Slot, DropSlot, BackupOptions.KeyFile, BackupOptions.Folder);

    private static async Task<Answer> RunAsync(Session session)
    {
        var settings = LiveRun.Settings(session);
        var slot = session.Get(Slot)!;
        if (session.Get(DropSlot))
        {
            var dropped = await WalReceiver.DropSlotAsync(settings, slot, session.Stop);
            session.Terminal.Result(dropped ? $"The server keeps no WAL for `{slot}` any more." : $"The server has no slot `{slot}`.");
            return Answer.With(Outcome.Ok, json => json.WriteBoolean("dropped", dropped));
        }

        var talk = new WalTalk(session);
        try
        {
            await WalReceiver.RunAsync(settings, new WalRequest { Folder = BackupOptions.FolderOf(session), Slot = slot, Key = BackupOptions.Key(session), Progress = talk }, session.Stop);
        }
        catch (OperationCanceledException) when (session.Stop.IsCancellationRequested)
        {
            // Ctrl-C and a service's stop are how it is meant to end.
        }

        session.Terminal.Result($"{DiagnosticText.Counted(talk.Segments, "WAL file")} received. The server keeps what comes now for the slot `{slot}`.");
        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteString("slot", slot);
            json.WriteNumber("segments", talk.Segments);
            json.WriteNumber("lostConnections", talk.Lost);
            json.WriteNumber("gaps", talk.Gaps);
        });
    }

    private sealed class WalTalk(Session session) : IProgress<WalEvent>
    {
        public int Segments { get; private set; }

        public int Lost { get; private set; }

        public int Gaps { get; private set; }

        public void Report(WalEvent value)
        {
            switch (value)
            {
                case WalEvent.Receiving(var lsn, var folder):
                    session.Terminal.Say($"Receiving into {Paths.Show(folder)}, from {lsn} on. Ctrl-C ends.");
                    break;
                case WalEvent.SegmentFinished(var lsn):
                    Segments++;
                    if (session.Verbose)
                    {
                        session.Terminal.Note($"Complete up to {lsn}");
                    }

                    break;
                case WalEvent.Gap(var last):
                    Gaps++;
                    session.Terminal.Warn($"The server has removed WAL after {last} that was not received. Moments in between cannot be gone back to. For later ones take a base backup now: `sluice backup base`");
                    break;
                case WalEvent.Lost(var reason, var delay):
                    Lost++;
                    session.Terminal.Warn(string.Create(CultureInfo.InvariantCulture, $"{reason} It is tried again in {Durations.Show(delay)}; the server keeps what is missing."));
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }
}
