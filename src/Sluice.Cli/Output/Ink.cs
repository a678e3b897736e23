namespace Sluice.Cli.Output;

/// <summary>Colours for one stream; plain text where the stream has none.</summary>
internal readonly record struct Ink(bool Enabled)
{
    public string Red(string text) => Paint("31", text);

    public string Green(string text) => Paint("32", text);

    public string Yellow(string text) => Paint("33", text);

    public string Cyan(string text) => Paint("36", text);

    public string Bold(string text) => Paint("1", text);

    public string BoldRed(string text) => Paint("1;31", text);

    public string BoldGreen(string text) => Paint("1;32", text);

    public string BoldYellow(string text) => Paint("1;33", text);

    public string Faint(string text) => Paint("2", text);

    /// <summary>Sets what stands in backquotes apart; without colours the backquotes stay.</summary>
    public string Code(string text)
    {
        if (!Enabled)
        {
            return text;
        }

        if (!text.Contains('`', StringComparison.Ordinal))
        {
            // A command at the end of a line, as remedies have it.
            var command = text.IndexOf("sluice ", StringComparison.Ordinal);
            return command >= 0 && (command == 0 || text[command - 1] == ' ') ? $"{text[..command]}\e[36m{text[command..]}\e[39m" : text;
        }

        var parts = text.Split('`');
        return parts.Length % 2 == 0
            ? text
            : string.Concat(parts.Select((part, i) => i % 2 == 0 ? part : $"\e[36m{part}\e[39m"));
    }

    private string Paint(string code, string text) => Enabled ? $"\e[{code}m{text}\e[0m" : text;
}
