namespace Sluice.Postgres.Local;

/// <param name="Durable">False for a throw-away cluster: nothing is synced to the disk, a power cut loses it.</param>
/// <param name="MaxConnections">How many sessions the server admits.</param>
public sealed record LocalClusterOptions(bool Durable = true, int MaxConnections = 100);
