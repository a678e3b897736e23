using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;

namespace Sluice.Cli.Commands;

/// <summary>`migrate verify`: tries the ways back before anyone needs them.</summary>
internal static class MigrateVerifyCommand
{
    private static readonly Option<string[]> Names = new("--migration", "-m") { Description = "Only this one (may be given again)", HelpName = "NAME" };

    private static readonly Option<bool> AllNew = new("--all-new") { Description = "Only those whose proof is missing or no longer holds" };

    private static readonly Option<bool> Trace = new("--trace") { Description = "Instead: what each statement locks, rewrites and scans, measured on a scratch database" };

    public static Command Create(Session session) =>
        new ToolCommand("verify", "Prove the down scripts on a scratch database, or trace what migrations do to others", session, RunAsync)
        {
            Notes = """
                Replays the migrations in a scratch database. For each one that is to be proved: after down everything must be
                as before it, and after up again as after the first time: tables, types, functions, triggers, views, policies,
                grants, comments. Only the order of columns and the versions of extensions may differ. Then the same with
                invented rows in the tables: they must come back the same, but for what a line `-- irreversible: reason` at the
                head of the down script declares lost (it names table and column in `backquotes`; naming none, it stands for
                everything). Rows that could not be invented, and rows that the down script drops without keeping them, are
                said. The live database is not touched.

                The record is a file beside the down script (down.proof, or VERSION_NAME.down.proof) with a hash over both
                scripts and all migrations before them. Commit it: it holds in every clone, and falls when a script changes.
                Exit code 1 when a proof fails.

                With --trace the pending migrations (or those named) are run on such a database, with invented rows in its
                tables, a statement at a time. Each one's real locks, rewritten tables, scans, indexes built again, WAL and time
                are shown beside what `migrate lint` predicts. Exit code 1 when a statement does more than was predicted.
                """,
            Examples =
            [
                ("migrate verify", "all of them"),
                ("migrate verify --all-new --json", "in CI: those that changed since they were proved"),
                ("migrate verify --migration 20250101000000_init", "one"),
                ("migrate verify --trace", "what the pending migrations do to others"),
                ("migrate verify --trace --sample 500", "with rows of the live database: what do they refuse?"),
                ("migrate verify --trace --format sarif > trace.sarif", "where that is not what was predicted, for code scanning"),
            ],
        }.With(Names, AllNew, Trace, TraceRun.Sample, TraceRun.Format, CacheOptions.NoCache);

    private static async Task<Answer> RunAsync(Session session)
    {
        if (session.Get(Trace))
        {
            return session.Get(AllNew)
                ? throw new StopException($"{AllNew.Name} is about proofs, and {Trace.Name} makes none.", null, $"Leave one of them out; {Trace.Name} alone looks at what is pending.")
                : await TraceRun.RunAsync(session, session.Get(Names) ?? []);
        }

        var settings = CacheOptions.Apply(session, LiveRun.Settings(session), develops: true);
        var folder = MigrationFolder.Read(settings.MigrationsPath);
        var results = await Proof.RunAsync(settings, folder, Chosen(session, folder), session.Stop);
        foreach (var result in results)
        {
            Say(session.Terminal, result);
        }

        var (proved, unproved, failed) = (Count(results, ProofVerdict.Proved), Count(results, ProofVerdict.Unproved), Count(results, ProofVerdict.Failed));
        session.Terminal.Result(results.IsEmpty ? "Nothing to prove." : $"{proved} proved, {unproved} without a way back, {failed} failed.");
        return Answer.With(failed > 0 ? Outcome.Failed : Outcome.Ok, json => Write(json, results));
    }

    private static HashSet<string> Chosen(Session session, MigrationFolder folder)
    {
        if (session.Get(Names) is { Length: > 0 } names)
        {
            return Named(folder, names);
        }

        var all = folder.Migrations.Select(m => m.Name);
        return (session.Get(AllNew) ? all.Except(ProofRecord.Holding(folder), StringComparer.Ordinal) : all).ToHashSet(StringComparer.Ordinal);
    }

    public static HashSet<string> Named(MigrationFolder folder, string[] names) =>
        names.Select(n => folder.Meant(n, folder.Migrations.Select(m => m.Name)) ?? folder.Require(n).Name).ToHashSet(StringComparer.Ordinal);

    private static void Say(Terminal terminal, ProofResult result)
    {
        switch (result.Verdict)
        {
            case ProofVerdict.Proved:
                terminal.Result($"{terminal.Ink.Green("proved")}    {result.Migration}{ProofText.Rows(result)}");
                foreach (var line in result.Irreversible.Select(r => $"    irreversible: {r}").Concat(ProofText.Remarks(result)))
                {
                    terminal.Result(line);
                }

                break;
            case ProofVerdict.Unproved:
                terminal.Result($"unproved  {result.Migration}: {result.Reason}");
                break;
            default:
                terminal.Result($"{terminal.Ink.Red("failed")}    {result.Migration}: {result.Reason}");
                ProofText.Difference(terminal, result.Difference);
                break;
        }
    }

    private static int Count(ImmutableArray<ProofResult> results, ProofVerdict verdict) => results.Count(r => r.Verdict == verdict);

    private static void Write(Utf8JsonWriter json, ImmutableArray<ProofResult> results)
    {
        json.WriteStartArray("migrations");
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Migration);
            json.WriteString("verdict", result.Verdict.ToString().ToLowerInvariant());
            json.WriteString("reason", result.Reason);
            json.WriteStrings("irreversible", result.Irreversible);
            ProofText.WriteRows(json, result);
            json.WriteStrings("missing", result.Difference.Missing);
            json.WriteStrings("extra", result.Difference.Extra);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
