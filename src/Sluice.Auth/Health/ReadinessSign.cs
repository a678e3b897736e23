namespace Sluice.Auth.Health;

/// <summary>Something that another room says of itself when readiness is asked for.</summary>
/// <param name="Now"><see cref="Readiness.Ok"/>, <see cref="Readiness.Degraded"/>, or what is wrong; null where there is nothing to say.</param>
internal sealed record ReadinessSign(string Check, Func<string?> Now);
