namespace Sluice.Cli;

/// <summary>The person was asked and said no.</summary>
internal sealed class OperationDeclinedException(string message) : Exception(message);
