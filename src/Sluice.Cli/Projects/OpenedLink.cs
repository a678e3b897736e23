using System.Net;

namespace Sluice.Cli.Projects;

/// <summary>A link that holds a secret, as a file that only its owner reads and that leads a browser there: what is on a command line, all users of a machine see.</summary>
internal sealed class OpenedLink : IDisposable
{
    private readonly DirectoryInfo folder;

    private OpenedLink(DirectoryInfo folder) => this.folder = folder;

    public string Path => System.IO.Path.Combine(folder.FullName, "studio.html");

    public static OpenedLink Write(Uri link)
    {
        // 0700, by its contract.
        var written = new OpenedLink(Directory.CreateTempSubdirectory("sluice-"));
        var address = WebUtility.HtmlEncode(link.AbsoluteUri);
        File.WriteAllText(written.Path, $"<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\"><meta http-equiv=\"refresh\" content=\"0;url={address}\"><a href=\"{address}\">Studio</a>\n");
        return written;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
