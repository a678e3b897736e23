namespace Sluice.Introspection;

/// <summary>Warnings while they are gathered, grouped in the order of <see cref="PullFinding"/>.</summary>
internal sealed class PullFindings
{
    private readonly SortedDictionary<PullFinding, List<string>> found = [];

    public void Add(PullFinding finding, string subject)
    {
        if (!found.TryGetValue(finding, out var subjects))
        {
            found[finding] = subjects = [];
        }

        subjects.Add(subject);
    }

    public void AddAll(PullFinding finding, string owner, IEnumerable<string> parts)
    {
        foreach (var part in parts)
        {
            Add(finding, $"{owner}: {part}");
        }
    }

    public IEnumerable<PullWarning> Warnings => found.Select(f => new PullWarning(f.Key, [.. f.Value]));
}
