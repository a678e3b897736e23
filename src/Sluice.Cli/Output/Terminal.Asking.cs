namespace Sluice.Cli.Output;

internal sealed partial class Terminal
{
    /// <summary>`--yes` was given.</summary>
    public bool AnswersYes => settings.AnswerYes;

    /// <summary>Yes or no; no is what Enter means. Null where nobody can be asked.</summary>
    /// <param name="inPerson">`--yes` does not count.</param>
    public async Task<bool?> ConfirmAsync(string question, CancellationToken stop, bool inPerson = false)
    {
        if (settings.AnswerYes && !inPerson)
        {
            return true;
        }

        if (!CanAsk)
        {
            return null;
        }

        Talk($"{ErrorInk.Cyan("?")} {ErrorInk.Bold(question)} {ErrorInk.Faint("(y/N)")} ");
        var answer = (await ReadLineAsync(stop))?.Trim();
        return answer is not null && (answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A line of text, null where nobody can be asked.</summary>
    public async Task<string?> AskAsync(string question, CancellationToken stop)
    {
        if (!CanAsk)
        {
            return null;
        }

        Talk($"{ErrorInk.Cyan("?")} {ErrorInk.Bold(question)} ");
        return (await ReadLineAsync(stop))?.Trim();
    }

    // Reading a terminal cannot be cancelled, so Ctrl-C stops waiting for it instead.
    private static Task<string?> ReadLineAsync(CancellationToken stop) => Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(stop);
}
