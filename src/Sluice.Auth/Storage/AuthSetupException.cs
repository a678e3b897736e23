namespace Sluice.Auth.Storage;

/// <summary>The host cannot start as it is set up; the message says what to change.</summary>
public sealed class AuthSetupException(string message) : Exception(message);
