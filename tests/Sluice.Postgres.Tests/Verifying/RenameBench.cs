using Sluice.Catalog;
using Sluice.Diff.Renames;
using Sluice.Postgres.Tests.Running;
using Sluice.Postgres.Verifying;
using Sluice.Text;
using Xunit;

namespace Sluice.Postgres.Tests.Verifying;

/// <summary>A database with rows whose schema is about to change.</summary>
internal sealed class RenameBench : IAsyncDisposable
{
    private readonly Workbench bench;

    private RenameBench(Workbench bench) => this.bench = bench;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public Workbench Bench => bench;

    public static async Task<RenameBench> OpenAsync(string models, string rows)
    {
        var bench = new RenameBench(await Workbench.OpenAsync());
        await bench.ApplyAsync(await bench.ProposeAsync(models));
        await bench.bench.ExecuteAsync(rows);
        return bench;
    }

    /// <param name="more">Another line of the datasource.</param>
    public static Database Wanted(string models, string more = "")
    {
        var text = $"datasource db {{\n  provider = \"postgresql\"\n  url = env(\"X\")\n  {more}\n}}\n{models}";
        var read = Migration.Read(new SourceText("schema.prisma", text));
        Assert.False(read.HasErrors, string.Join('\n', read.Diagnostics.Select(d => d.Message)));
        return CatalogBuilder.Build(read.Value);
    }

    public Task<SchemaProposal> ProposeAsync(string models) => Push.PlanAsync(bench.Settings, Wanted(models), Stop);

    /// <summary>The same schema, after a yes to each of the renames.</summary>
    public Task<SchemaProposal> ProposeAsync(string models, params IEnumerable<RenameCandidate> answered) =>
        Push.PlanAsync(bench.Settings, Wanted(models) with { Renames = [.. answered.Select(c => c.Rename)] }, Stop);

    public Task ApplyAsync(SchemaProposal proposal) => Push.ApplyAsync(bench.Settings, proposal, cancellation: Stop);

    /// <summary>Applies what needs no answer; then nothing is left to do.</summary>
    /// <param name="warnings">What every warning must be about.</param>
    public async Task TakeToAsync(string models, string warnings = "nothing")
    {
        var proposal = await ProposeAsync(models);
        Assert.Empty(proposal.Questions);
        Assert.All(proposal.Warnings, w => Assert.Contains(warnings, w, StringComparison.Ordinal));
        Assert.Empty(proposal.Unexecutable);
        await ApplyAsync(proposal);
        Assert.True((await ProposeAsync(models)).IsEmpty);
    }

    /// <summary>Applies what needs no consent.</summary>
    public async Task ApplyFreelyAsync(SchemaProposal proposal)
    {
        Assert.Empty(proposal.Warnings);
        Assert.Empty(proposal.Unexecutable);
        await ApplyAsync(proposal);
    }

    /// <summary>The rows of a query, columns joined with a bar.</summary>
    public async Task<string[]> RowsAsync(string sql)
    {
        var rows = new List<string>();
        await using var command = bench.Source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop))
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        }

        return [.. rows];
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();
}
