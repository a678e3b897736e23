namespace Sluice.Cli.Output;

/// <summary>Standard output is closed or full: what was asked for cannot be told.</summary>
internal sealed class OutputLostException(Exception cause)
    : Exception($"The result cannot be written to standard output: {(cause is UnauthorizedAccessException ? "it is closed." : cause.Message)}", cause)
{
    private const int BrokenPipe = 32;

    /// <summary>Whoever read the output has seen enough.</summary>
    public bool ReaderLeft => InnerException is IOException { HResult: BrokenPipe };

    public static bool IsLoss(Exception problem) => problem is IOException or UnauthorizedAccessException;
}
