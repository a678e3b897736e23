namespace Sluice.Auth.Idempotency;

/// <summary>On an endpoint: its answers are kept by key.</summary>
internal sealed record IdempotencyMetadata(bool IsRequired);
