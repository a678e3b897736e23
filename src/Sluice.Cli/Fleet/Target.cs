using Sluice.Postgres.Connecting;

namespace Sluice.Cli.Fleet;

/// <summary>One database, or one schema of it, of many that are kept alike.</summary>
/// <param name="Variable">Holds its address; null where a query or sluice.json itself said it.</param>
/// <param name="Ring">Null where nobody has said one.</param>
internal sealed record Target(string Name, DatabaseAddress Address, string? Variable, int? Ring)
{
    /// <summary>Where changes take turns: the lock of migrations is the database's.</summary>
    public string Database => $"{Address.Server}/{Address.Database}";
}
