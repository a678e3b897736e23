namespace Sluice.EntityFrameworkCore.Tests.Library;

/// <summary>What `@clr(Address)` names.</summary>
public sealed record Address(string Street, int Number);
