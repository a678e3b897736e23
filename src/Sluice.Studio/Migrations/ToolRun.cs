using System.Diagnostics;
using System.Text.Json;
using Sluice.Postgres.Connecting;
using Sluice.Studio.Storage;

namespace Sluice.Studio.Migrations;

/// <summary>A command of the tool itself: what the page says of migrations is what the command says.</summary>
internal static class ToolRun
{
    /// <summary>What the command answers for machines. Its exit code is no failure: 1 says that something needs attention.</summary>
    public static async Task<JsonElement> JsonAsync(ToolProgram tool, DatabaseAddress shown, CancellationToken cancellation, params string[] command)
    {
        using var process = Start(tool, shown, [.. command, "--json"]);
        try
        {
            var talk = process.StandardError.ReadToEndAsync(cancellation);
            var answer = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            try
            {
                using var json = JsonDocument.Parse(answer);
                return json.RootElement.Clone();
            }
            catch (JsonException)
            {
                throw new RefusedException(502, $"`sluice {string.Join(' ', command)}` gave no answer: {(await talk).Trim()}");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public static Process Start(ToolProgram tool, DatabaseAddress shown, params string[] command)
    {
        var start = new ProcessStartInfo(tool.CommandLine[0], [.. tool.CommandLine[1..], .. command, "--no-color"])
        {
            WorkingDirectory = tool.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment[ToolProgram.MeantVariable] = ToolProgram.DatabaseMeant(shown);
        var process = Process.Start(start)!;
        process.StandardInput.Close(); // with nobody to ask it stops and says what it wanted
        return process;
    }
}
