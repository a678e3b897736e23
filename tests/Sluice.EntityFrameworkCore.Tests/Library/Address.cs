namespace Sluice.EntityFrameworkCore.Tests.Library;

/// <summary>What `@clr(Address)` names.</summary>
public sealed record Address(string Street, int Number);

/// <summary>What `@clr(Years)` names: a value type.</summary>
public readonly record struct Years(int From, int To);
