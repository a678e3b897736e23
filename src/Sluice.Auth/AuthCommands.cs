using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Accounts;
using Sluice.Auth.AllowList;
using Sluice.Auth.Audit;
using Sluice.Auth.Importing;
using Sluice.Auth.Upkeep;

namespace Sluice.Auth;

/// <summary>What a host runs once instead of serving, for cron and for those who operate it.</summary>
public static class AuthCommands
{
    /// <summary>Every command with what it does.</summary>
    public const string Usage = """
        migrate                     makes the tables, or brings them to this version
        schema print [--out DIR]    the same as SQL; into DIR as migrations that `sluice migrate deploy` takes
        schema check                what the database lacks, each with the SQL that puts it right
        disable EMAIL               switches an account off, with its sessions and access tokens, on every node
        enable EMAIL                lets it sign in again
        allowlist list [--json]     who may have an account, where AllowList.Enabled says that not everybody may
        allowlist add ENTRY [REASON] [--json]
                                    allows an address, or a domain: @example.com
        allowlist invite EMAIL [REASON] [--json]
                                    mails a link that makes an account, once
        allowlist remove ENTRY [--force] [--json]
                                    takes it away; who came in by it alone is signed out, on every node; with --force also the last administrator
        allowlist enforce [--force] [--json]
                                    signs out whoever is not allowed, for when the list was switched on
        keys list                   the keys that sign and verify
        keys rotate                 publishes a new key; running nodes take it, and it signs when every verifier has had time to read it
        keys retire KID             ends a key at once; whoever has a token of it signs in again
        keys reseal                 seals what PreviousSecrets sealed with the Secret in force: signing keys, second factors, GitHub's tokens, mails that wait, kept answers
        cleanup tokens|sessions|audit   removes what is over
        audit verify [HEAD]         walks the audit log's chain; HEAD is what an earlier run has printed
        create-admin EMAIL [--invite]
                                    gives an account the administrators' role; where there is no such account, makes it, with the password that is the first line of the input, or
                                    with none and a link, shown once, to set it
        roles EMAIL                 what an account may, and where
        grant EMAIL ROLE [KIND:ID] [--until TIME]
                                    gives a role, everywhere or in one thing (room:42); the account stays signed in
        revoke EMAIL ROLE [KIND:ID] takes it; the last administrator keeps theirs
        lock EMAIL [REASON]         keeps an account from signing in until it is unlocked; its sessions end on every node
        unlock EMAIL                ends every lock on an account
        require-password-change EMAIL [REASON]
                                    for a password that others may know: every session ends, the next sign-in must bring another
        import [FILE|-] [--on-conflict report|skip|update|fail] [--dry-run] [--rejected FILE] [--json]
                                    takes accounts from lines of JSON, with the hashes of another system (docs/auth-import.md)
        """;

    private static readonly string[] Words = [.. Usage.Split('\n').Select(l => l.Split(' ')[0]).Where(w => w.Length > 0)];

    /// <summary>Whether arguments of a process mean a command rather than settings of a host.</summary>
    public static bool Knows(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments is [var first, ..] && Words.Contains(first);
    }

    /// <summary>For what reads nothing and has no progress to tell.</summary>
    public static Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellation = default) =>
        RunAsync(services, arguments, output, TextWriter.Null, Stream.Null, cancellation);

    /// <returns>0 when all is well, 1 for findings and what could not be done, 2 for what is no command, 3 where the database failed under an import.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> arguments, TextWriter output, TextWriter progress, Stream input, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        switch (arguments)
        {
            case ["migrate"] or ["schema", ..]:
                return await SchemaCommands.RunAsync(services, arguments, output, cancellation);
            case ["keys", ..]:
                return await KeyCommands.RunAsync(services, arguments, output, cancellation);
            case ["allowlist", ..]:
                return await AllowListCommands.RunAsync(services.GetRequiredService<AllowListAdministration>(), arguments, output, cancellation);
            case ["disable", var email]:
                var off = await Administration().DisableAsync(email, null, cancellation);
                return await SayAsync(output, off is not null, off is true ? "The account is disabled; its sessions have ended." : "The account was disabled before.");
            case ["enable", var email]:
                var on = await Administration().EnableAsync(email, null, cancellation);
                return await SayAsync(output, on is not null, on is true ? "The account may sign in again." : "The account was enabled before.");
            case ["cleanup", "tokens" or "sessions" or "audit"]:
                foreach (var (job, rows) in await services.GetRequiredService<UpkeepJobs>().RunGroupAsync(arguments[1], cancellation))
                {
                    await output.WriteLineAsync(rows is null ? $"{job}: another process is at it" : $"{job}: {rows}");
                }

                return 0;
            case ["audit", "verify", ..] when arguments.Count <= 3:
                var verdict = await services.GetRequiredService<AuditSeals>().VerifyAsync(arguments.Count == 3 ? arguments[2] : null, cancellation);
                foreach (var finding in verdict.Findings)
                {
                    await output.WriteLineAsync(finding);
                }

                await output.WriteLineAsync(verdict.Findings.Count > 0 ? "The audit log is not as it was written." : $"The audit log holds. Head: {verdict.Head ?? "none yet"}");
                return verdict.Findings.Count > 0 ? 1 : 0;
            case ["create-admin", var email]:
                return await CreateAdminCommand.RunAsync(services, email, false, input, output, cancellation);
            case ["create-admin", var email, "--invite"]:
                return await CreateAdminCommand.RunAsync(services, email, true, input, output, cancellation);
            case ["roles", _] or ["grant" or "revoke", _, _, ..]:
                return await RoleCommands.RunAsync(services, arguments, output, cancellation);
            case ["import", ..] when ImportArguments.Parse([.. arguments.Skip(1)]) is { } import:
                return await ImportCommand.RunAsync(services.GetRequiredService<Import>(), import, input, output, progress, cancellation);
            case ["lock", var email, ..] when arguments.Count <= 3:
                return await SayAsync(output, await Administration().LockAsync(email, null, arguments.Count == 3 ? arguments[2] : null, null, cancellation), $"{email}: locked, every session ended");
            case ["unlock", var email]:
                return await SayAsync(output, await Administration().UnlockAsync(email, null, cancellation), $"{email}: no lock any more");
            case ["require-password-change", var email, ..] when arguments.Count <= 3:
                var reason = arguments.Count == 3 ? arguments[2] : null;
                return await SayAsync(output, await Administration().RequirePasswordChangeAsync(email, reason, null, cancellation), $"{email}: every session ended, the next sign-in must bring another password");
            default:
                return await RefuseAsync(output);
        }

        AccountAdministration Administration() => services.GetRequiredService<AccountAdministration>();
    }

    internal static async Task<int> SayAsync(TextWriter output, bool wasThere, string done)
    {
        await output.WriteLineAsync(wasThere ? done : "There is no account with that address.");
        return wasThere ? 0 : 1;
    }

    internal static async Task<int> RefuseAsync(TextWriter output)
    {
        await output.WriteLineAsync($"No such command. There are:\n{Usage}");
        return 2;
    }
}
