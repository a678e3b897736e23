namespace Sluice.Studio.Storage;

/// <summary>What was asked for is not done; the page says why, and what to do instead.</summary>
internal sealed class RefusedException(int status, string message, string? remedy = null) : Exception(message)
{
    public int Status => status;

    public string? Remedy => remedy;
}
