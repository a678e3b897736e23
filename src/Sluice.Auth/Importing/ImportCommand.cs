using System.Text.Json;
using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Importing;

/// <summary>The command: opens files, says how it went.</summary>
internal static class ImportCommand
{
    private const int Wrong = 2;
    private const int Broken = 3;

    /// <returns>0 when every line is in, 1 when lines were rejected, 2 for what is no command or no file, 3 when the database failed: run it again.</returns>
    public static async Task<int> RunAsync(Import import, ImportArguments arguments, Stream input, TextWriter output, TextWriter progress, CancellationToken cancellation)
    {
        try
        {
            await using var file = arguments.File is { } path ? File.OpenRead(path) : null;
            await using var rejected = arguments.RejectedFile is { } copy ? Created(copy) : null;
            var counts = await import.RunAsync(file ?? input, arguments, rejected, progress, cancellation);
            await output.WriteLineAsync(arguments.AsJson ? Json(counts, arguments.IsDryRun) : $"{counts}{(arguments.IsDryRun ? " (dry run: nothing is written)" : "")}");
            return counts.Rejected > 0 ? 1 : 0;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            await progress.WriteLineAsync(unreadable.Message);
            return Wrong;
        }
        catch (AuthSetupException unfit)
        {
            await progress.WriteLineAsync(unfit.Message);
            return Wrong;
        }
        catch (NpgsqlException failed)
        {
            await progress.WriteLineAsync($"The database failed: {failed.Message}. What was imported stays; run the same again, it goes on there.");
            return Broken;
        }
    }

    // There are hashes in it. One that is there has its readers, and keeps them.
    private static FileStream Created(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new IOException($"{path} is there already, and others might read it. Name a new file for --rejected, or remove that one.");
        }
    }

    private static string Json(ImportCounts counts, bool isDryRun)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteNumber("lines", counts.Lines);
            json.WriteNumber("added", counts.Added);
            json.WriteNumber("updated", counts.Updated);
            json.WriteNumber("unchanged", counts.Unchanged);
            json.WriteNumber("skipped", counts.Skipped);
            json.WriteNumber("rejected", counts.Rejected);
            json.WriteBoolean("dryRun", isDryRun);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }
}
