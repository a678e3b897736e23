using System.Text.Json;

namespace Sluice.Cli.Output;

/// <summary>The only class that writes. Results go to stdout, talk goes to stderr.</summary>
internal sealed partial class Terminal
{
    private readonly TerminalSettings settings;

    public bool Json => settings.Json;

    public bool CanAsk => settings.CanAsk;

    public Ink Ink => new(settings.ColorOut);

    public Ink ErrorInk => new(settings.ColorError);

    /// <summary>A line of the result, for people; machines get <see cref="WriteJson"/> instead.</summary>
    public void Result(string line = "") => Results([line]);

    /// <summary>Lines that belong together, handed on at once.</summary>
    public void Results(IEnumerable<string> lines)
    {
        if (!Json)
        {
            Output(() =>
            {
                foreach (var line in lines)
                {
                    output.Write(VisibleText.Of(Ink.Code(line), Ink.Enabled) + "\n");
                }
            });
        }
    }

    /// <summary>Text that is the result itself, byte for byte: a script, a schema.</summary>
    public void Raw(string text) => Output(() => output.Write(text));

    /// <summary>Talk: what is being done and what was found on the way.</summary>
    public void Say(string line = "") => Write(ErrorInk.Code(line) + "\n");

    public void Note(string line) => Write(ErrorInk.Faint(line) + "\n");

    public void Warn(string line) => Write($"{ErrorInk.BoldYellow("warning:")} {ErrorInk.Code(line)}\n");

    public void Error(string line, string? code = null) =>
        Write($"{ErrorInk.BoldRed(code is null ? "error:" : $"error {code}:")} {ErrorInk.Code(line)}\n");

    /// <summary>One JSON object on a line of its own.</summary>
    public void WriteJson(Action<Utf8JsonWriter> members) => Output(() =>
    {
        using (var json = new Utf8JsonWriter(output.BaseStream, JsonText.OneLine))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        output.BaseStream.WriteByte((byte)'\n');
        output.BaseStream.Flush();
    });
}
