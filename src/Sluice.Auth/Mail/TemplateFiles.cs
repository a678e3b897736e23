using Sluice.Auth.Storage;

namespace Sluice.Auth.Mail;

/// <summary>The files that templates are: those of the assembly, and in their places those of a folder.</summary>
internal static class TemplateFiles
{
    private const string Ours = "mail/";

    public static Dictionary<string, string> Read(string folder)
    {
        var files = Embedded.NamesBelow(Ours).ToDictionary(n => n[Ours.Length..], Embedded.Text, StringComparer.Ordinal);
        foreach (var path in folder.Length == 0 ? [] : Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".txt" or ".html"))
        {
            files[Path.GetFileName(path)] = File.ReadAllText(path);
        }

        return files;
    }

    /// <summary>`key: words` in each line.</summary>
    public static Dictionary<string, string> Lines(string file, string text)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            words[line.Split(": ", 2) is [var key, _] ? key : throw new AuthSetupException($"{file} has the line `{line}`. Write `key: words`.")] = line.Split(": ", 2)[1];
        }

        return words;
    }
}
