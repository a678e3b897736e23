namespace Sluice.Auth.Upkeep;

/// <param name="Name">In metrics, in `upkeep_runs`, and after `sluice-auth cleanup` by its group.</param>
/// <param name="Group">`tokens`, `sessions` or `audit`.</param>
/// <param name="Batch">Removes (or seals) at most so many, and says how many; less than asked for means that nothing is left.</param>
internal sealed record UpkeepJob(string Name, string Group, TimeSpan Every, Func<int, CancellationToken, Task<int>> Batch);
