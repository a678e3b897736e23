using Sluice.Text;

namespace Sluice.Introspection;

/// <summary>Values as a schema writes them.</summary>
internal static class Literals
{
    public static string Text(string value) => QuotedText.Write(value);
}
