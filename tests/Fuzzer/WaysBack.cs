using System.Text.RegularExpressions;
using Sluice.Catalog;
using Sluice.Fuzzer.Drafts;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Sql;
using Sluice.Tests.Support;
using Sluice.Text;

namespace Sluice.Fuzzer;

/// <summary>
/// A random schema and a random edit of it: up gives the second, down the first again, up the second again; without rows
/// and with, whether the migration keeps what it destroys or only its way back does.
/// </summary>
internal sealed partial class WaysBack : IAsyncDisposable
{
    private readonly TestDatabase main;
    private readonly TestDatabase shadow;
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-ways-back-").FullName;

    private WaysBack(TestDatabase main, TestDatabase shadow) => (this.main, this.shadow) = (main, shadow);

    /// <summary>Pairs that came to a verdict.</summary>
    public int Tried { get; private set; }

    public long Rows { get; private set; }

    /// <summary>Pairs with a way back that declares something lost.</summary>
    public int Irreversible { get; private set; }

    /// <summary>What was not tried or not kept, and how often.</summary>
    public SortedDictionary<string, int> Remarks { get; } = new(StringComparer.Ordinal);

    public static async Task<WaysBack> CreateAsync() => new(await TestDatabase.CreateAsync(), await TestDatabase.CreateAsync());

    /// <returns>What is wrong, with the scripts; null when nothing is, or when the server takes one of the two schemas not at all.</returns>
    public async Task<string?> TryAsync(ulong seed, int number, bool keepData, bool online = false)
    {
        var dice = new Dice((seed * 1_000_003UL) + (ulong)number);
        var draft = new Inventor(dice).Schema(dice.Pick([2, 3, 5]));
        var edited = new Editor(dice).Edit(draft, dice.Pick([1, 1, 2, 3, 6]));
        if (Catalog(DraftText.Write(draft)) is not { } from || Catalog(DraftText.Write(edited)) is not { } to)
        {
            return null;
        }

        const string Name = "20250102000000_next";
        var settings = new RunSettings
        {
            Address = DatabaseAddress.Parse(main.Url) with { ConnectTimeout = TimeSpan.FromMinutes(5) },
            ShadowAddress = DatabaseAddress.Parse(shadow.Url) with { ConnectTimeout = TimeSpan.FromMinutes(5) },
            MigrationsPath = folder,
            DeclaredSchemas = [.. from.Schemas.Items.Union(to.Schemas.Items, StringComparer.Ordinal)],
        };
        var first = Write("20250101000000_first", "migration.sql", Migration.Script(Database.Empty, from));
        if (await CatalogAsync(settings, first) is not { } before)
        {
            return null;
        }

        var second = Write(Name, "migration.sql", online ? Migration.OnlineFile(before, to, keepData ? Name : null).Script : keepData ? Migration.KeepingFile(before, to, Name) : Migration.File(Migration.Plan(before, to)));
        if (second.Bytes.IsEmpty || await CatalogAsync(settings, first, second) is not { } after)
        {
            // Some types have no operator class, some defaults fit no type: nothing of it is about the way back.
            return null;
        }

        var archives = new Archives(Name, keepData);
        var down = online ? Migration.OnlineDown(before, after, archives) : Migration.Down(before, after, archives);
        if (down.Length == 0)
        {
            return null;
        }

        second = second with { Down = Write(Name, "down.sql", down) };
        var proof = (await Proof.RunAsync(settings, new MigrationFolder(folder, [first, second], [], "postgresql"), new HashSet<string> { Name })).Single();
        Tried++;
        Rows += proof.Rows?.Rows ?? 0;
        Irreversible += proof.Irreversible.IsEmpty ? 0 : 1;
        foreach (var remark in proof.Rows?.Remarks ?? [])
        {
            var kind = Quotes().Replace(remark, "…");
            Remarks[kind] = Remarks.GetValueOrDefault(kind) + 1;
        }

        var forgotten = proof.Rows?.Remarks.FirstOrDefault(r => r.Contains("not kept", StringComparison.Ordinal) && proof.Irreversible.IsEmpty);
        return proof.Verdict is ProofVerdict.Proved && forgotten is null
            ? null
            : $"{proof.Verdict}: {proof.Reason} {forgotten}\n  - {string.Join("\n  - ", proof.Difference.Missing)}\n  + {string.Join("\n  + ", proof.Difference.Extra)}\n{string.Join('\n', proof.Rows?.Remarks ?? [])}\n=== first\n{first.Script}\n=== up\n{second.Script}\n=== down\n{down}";
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        await main.DisposeAsync();
        await shadow.DisposeAsync();
    }

    private static Database? Catalog(string text) =>
        Migration.Read(new SourceText("schema.prisma", text)) is { HasErrors: false } read ? CatalogBuilder.Build(read.Value) : null;

    private static async Task<Database?> CatalogAsync(RunSettings settings, params MigrationFile[] migrations)
    {
        try
        {
            return await Replay.CatalogAsync(settings, [.. migrations]);
        }
        catch (ProblemException refused) when (refused.Problem.Code == "P3006")
        {
            return null;
        }
    }

    [GeneratedRegex("""("[^"]*"|`[^`]*`)""")]
    private static partial Regex Quotes();

    private MigrationFile Write(string name, string file, string text)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, file);
        File.WriteAllText(path, text);
        return new MigrationFile(name, path, [.. System.Text.Encoding.UTF8.GetBytes(text)]);
    }
}
