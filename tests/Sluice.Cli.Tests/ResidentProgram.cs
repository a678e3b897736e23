using System.Reflection;
using System.Text.Json;
using Npgsql;

namespace Sluice.Cli.Tests;

/// <summary>One command for a resident: as it would be typed.</summary>
internal sealed record ResidentOrder(string Folder, IReadOnlyDictionary<string, string> Environment, string? Input, IReadOnlyList<string> Arguments);

internal sealed record ResidentResult(int ExitCode, string Output, string Error);

/// <summary>The tests' program, and with `--resident` the tool's: there it runs one command after another, from the same entry point, each in the folder,
/// with the environment and the standard streams that it would have as a process of its own.</summary>
internal static class ResidentProgram
{
    public const string Option = "--resident";

    private static readonly MethodInfo EntryPoint = typeof(Session).Assembly.EntryPoint!;

    public static int Main(string[] args) => args is [Option] ? Serve() : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();

    private static int Serve()
    {
        // Copies, which no command has.
        using var orders = new StreamReader(Console.OpenStandardInput());
        using var results = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        var folder = Directory.CreateTempSubdirectory("sluice-resident-");
        while (orders.ReadLine() is { } order)
        {
            results.WriteLine(JsonSerializer.Serialize(Run(JsonSerializer.Deserialize<ResidentOrder>(order)!, folder.FullName)));
        }

        folder.Delete(recursive: true);
        return 0;
    }

    private static ResidentResult Run(ResidentOrder order, string folder)
    {
        var (input, output, error) = (Path.Combine(folder, "input"), Path.Combine(folder, "output"), Path.Combine(folder, "error"));
        File.WriteAllText(input, order.Input);
        var before = order.Environment.Keys.ToDictionary(n => n, Environment.GetEnvironmentVariable);
        using (var from = File.OpenHandle(input))
        using (var to = File.OpenHandle(output, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite))
        using (var toError = File.OpenHandle(error, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            Descriptors.Redirect(0, from);
            Descriptors.Redirect(1, to);
            Descriptors.Redirect(2, toError);
        }

        foreach (var (name, value) in order.Environment)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        Directory.SetCurrentDirectory(order.Folder);
        using var typed = new StreamReader(Console.OpenStandardInput());
        Console.SetIn(typed);
        try
        {
            var code = (int)EntryPoint.Invoke(null, [order.Arguments.ToArray()])!;
            return new ResidentResult(code, File.ReadAllText(output), File.ReadAllText(error));
        }
        finally
        {
            // As the end of a process would.
            NpgsqlConnection.ClearAllPools();
            Directory.SetCurrentDirectory("/");
            foreach (var (name, value) in before)
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }
}
