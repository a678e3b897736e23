using System.Text;

namespace Sluice.Cli.Output;

internal sealed partial class Terminal : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly StreamWriter output;
    private readonly StreamWriter error;
    private readonly Exception? outputClosed;

    public Terminal(TerminalSettings settings)
    {
        this.settings = settings;
        output = new StreamWriter(Open(Console.OpenStandardOutput, out outputClosed), Utf8, 8192);
        error = new StreamWriter(Open(Console.OpenStandardError, out _), Utf8, 1024) { AutoFlush = true };
    }

    /// <summary>One that shows nothing itself: every line of both streams goes to <paramref name="line"/>.</summary>
    public Terminal(TerminalSettings settings, Action<string> line)
    {
        this.settings = settings;
        output = new StreamWriter(new LineStream(line), Utf8, 1024);
        error = new StreamWriter(new LineStream(line), Utf8, 1024) { AutoFlush = true };
    }

    /// <summary>Says before any work is done that its result could not be told.</summary>
    /// <exception cref="OutputLostException">Standard output is closed.</exception>
    public void RequireOutput()
    {
        if (outputClosed is not null)
        {
            throw new OutputLostException(outputClosed);
        }
    }

    public void Dispose()
    {
        foreach (var stream in new[] { output, error })
        {
            try
            {
                stream.Dispose();
            }
            catch (Exception lost) when (OutputLostException.IsLoss(lost))
            {
                // Every write is flushed at once, so that whatever is left here was reported then.
            }
        }
    }

    private static Stream Open(Func<Stream> open, out Exception? closed)
    {
        closed = null;
        try
        {
            return open();
        }
        catch (Exception lost) when (OutputLostException.IsLoss(lost))
        {
            closed = lost;
            return Stream.Null;
        }
    }

    private void Output(Action write)
    {
        try
        {
            RequireOutput();
            CloseLine();
            write();
            output.Flush();
        }
        catch (Exception lost) when (OutputLostException.IsLoss(lost))
        {
            throw new OutputLostException(lost);
        }
    }

    // Talk that nobody can hear must not end the work it is about.
    private void Talk(string text)
    {
        try
        {
            error.Write(text);
        }
        catch (Exception lost) when (OutputLostException.IsLoss(lost))
        {
        }
    }
}
