namespace Sluice.Auth.Storage;

/// <summary>What is sealed for good, and is opened and sealed anew when there is another Secret; `keys reseal` goes through all of it.</summary>
/// <param name="Table">By its default name.</param>
/// <param name="Batch">Seals at most so many anew, and says how many; less than asked for means that nothing is left.</param>
/// <param name="Strange">How many are of a Secret that is neither in force nor among those of before.</param>
internal sealed record Resealing(string Table, Func<int, CancellationToken, Task<int>> Batch, Func<CancellationToken, Task<long>> Strange);
