namespace Sluice.Postgres.Local;

/// <summary>The private server could not be found, made, started or stopped; the message says what was tried and what to do.</summary>
public sealed class LocalClusterException(string message, Exception? cause = null) : Exception(message, cause);
