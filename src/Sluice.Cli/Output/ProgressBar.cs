using System.Globalization;

namespace Sluice.Cli.Output;

/// <summary>`[==========          ]  5/10`.</summary>
internal static class ProgressBar
{
    private const int Width = 20;

    public static string Of(int done, int total)
    {
        var full = total == 0 ? Width : done * Width / total;
        var count = done.ToString(CultureInfo.InvariantCulture).PadLeft(total.ToString(CultureInfo.InvariantCulture).Length);
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('=', full)}{new string(' ', Width - full)}] {count}/{total}");
    }
}
