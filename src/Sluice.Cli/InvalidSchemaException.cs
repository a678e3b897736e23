namespace Sluice.Cli;

/// <summary>The schema has mistakes; they have been printed already.</summary>
internal sealed class InvalidSchemaException(string message) : Exception(message);
