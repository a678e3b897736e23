using System.ComponentModel;
using System.Diagnostics;

namespace Sluice.Postgres.Local;

/// <summary>
/// Under which account the server's programs run. They refuse to run as root, so root borrows another identity:
/// a user namespace in which its files appear to belong to an ordinary user, else a real other user.
/// </summary>
internal abstract record ServerAccount
{
    private static readonly string[] OrdinaryUsers = ["postgres", "nobody"];

    private ServerAccount()
    {
    }

    public sealed record Own : ServerAccount;

    public sealed record Namespace : ServerAccount;

    public sealed record Other(string Name) : ServerAccount;

    public static async Task<ServerAccount> ChooseAsync(CancellationToken cancellation)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new Own();
        }

        if (await SucceedsAsync(new Namespace(), cancellation))
        {
            return new Namespace();
        }

        foreach (var name in OrdinaryUsers)
        {
            if (await SucceedsAsync(new Other(name), cancellation))
            {
                return new Other(name);
            }
        }

        throw new LocalClusterException(
            "PostgreSQL refuses to run as root, user namespaces are blocked here (`unshare --user` fails), and neither the "
            + "user `postgres` nor `nobody` can be used. Run the command as an ordinary user.");
    }

    /// <summary>Runs a program to its end and returns its exit code and everything it printed.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        switch (this)
        {
            case Own:
                start.FileName = program;
                break;
            case Namespace:
                start.FileName = "unshare";
                start.ArgumentList.Add("--user");
                start.ArgumentList.Add("--map-user=1000");
                start.ArgumentList.Add("--map-group=1000");
                start.ArgumentList.Add(program);
                break;
            case Other other:
                start.FileName = program;
                start.UserName = other.Name;
                break;
            default:
                throw new UnreachableException();
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // The messages are shown and searched: keep them in one language whatever the user's is.
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start) ?? throw new LocalClusterException($"`{program}` did not start.");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, (output + await errors).Trim());
    }

    /// <summary>Gives a folder to the account, so that the server may own it.</summary>
    public async Task TakeOverAsync(string folder, CancellationToken cancellation)
    {
        if (this is Other other)
        {
            await new Own().RunAsync("chown", ["-R", other.Name, folder], cancellation);
        }
    }

    /// <summary>Whether the account may enter a folder; another user may not, for example below /root.</summary>
    public async Task<bool> CanEnterAsync(string folder, CancellationToken cancellation) =>
        this is not Other || (await RunAsync("test", ["-x", folder], cancellation)).ExitCode == 0;

    private static async Task<bool> SucceedsAsync(ServerAccount account, CancellationToken cancellation)
    {
        try
        {
            return (await account.RunAsync("true", [], cancellation)).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
