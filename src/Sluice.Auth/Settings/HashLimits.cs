namespace Sluice.Auth.Settings;

/// <summary>What a stored hash may ask of this machine. The options stay within it: what is written must be understood at the next sign-in.</summary>
internal static class HashLimits
{
    public const int MostMemoryKiB = 256 * 1024;
    public const int MostPasses = 16;
    public const int MostLanes = 16;
    public const int MostIterations = 5_000_000;
    public const int HighestCost = 16;
}
