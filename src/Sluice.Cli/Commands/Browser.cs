using System.Diagnostics;
using System.Globalization;

namespace Sluice.Cli.Commands;

/// <summary>A browser without a window that takes a picture of a file.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge"];

    // Beyond this no browser draws; a larger picture is drawn smaller.
    private const int Largest = 16_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task PictureAsync(string svg, int width, int height, string file, CancellationToken stop)
    {
        var program = Find() ?? throw new StopException(
            "There is no browser to make a PNG with: neither chromium nor google-chrome is on the PATH.",
            null,
            "Install one, or write SVG (leave out `--png`), which every browser shows.");
        var folder = Directory.CreateTempSubdirectory("sluice-erd-");
        try
        {
            var (page, picture) = (Path.Combine(folder.FullName, "page.html"), Path.Combine(folder.FullName, "picture.png"));
            var scale = Math.Min(2.0, (double)Largest / Math.Max(width, height));
            await File.WriteAllTextAsync(page, $"<!doctype html><meta charset=\"utf-8\"><style>body{{margin:0}}svg{{display:block}}</style>{svg}", stop);
            var start = new ProcessStartInfo(program)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                ArgumentList =
                {
                    "--headless",
                    "--disable-gpu",
                    "--hide-scrollbars",
                    $"--user-data-dir={Path.Combine(folder.FullName, "profile")}",
                    string.Create(CultureInfo.InvariantCulture, $"--force-device-scale-factor={scale}"),
                    string.Create(CultureInfo.InvariantCulture, $"--window-size={width},{height}"),
                    $"--screenshot={picture}",
                },
            };

            // As root it refuses to begin with its sandbox; what it shows is a picture of our own, without script.
            if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
            {
                start.ArgumentList.Add("--no-sandbox");
            }

            start.ArgumentList.Add(new Uri(page).AbsoluteUri);
            var said = await RunAsync(start, stop);
            if (!File.Exists(picture))
            {
                throw new StopException($"{program} made no picture.{(said.Length == 0 ? "" : "\n" + said)}", null, "Write SVG (leave out `--png`), which every browser shows.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            File.Copy(picture, file, overwrite: true);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? Find() =>
        (from name in Names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         let file = Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)
         where File.Exists(file)
         select file).FirstOrDefault();

    private static async Task<string> RunAsync(ProcessStartInfo start, CancellationToken stop)
    {
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            await output;
            var said = (await error).Trim();
            return said.Length > 2000 ? said[^2000..] : said;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"It was not done after {Patience.TotalSeconds} seconds.";
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
