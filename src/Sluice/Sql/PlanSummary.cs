using System.Diagnostics;
using System.Text;
using Sluice.Catalog;
using Sluice.Plan;
using Index = Sluice.Catalog.Index;

namespace Sluice.Sql;

/// <summary>A plan for people: what is added, what is removed, and table by table what changes. Always ends with a line break.</summary>
public static partial class PlanSummary
{
    public static string Write(MigrationPlan plan)
    {
        if (plan.IsEmpty)
        {
            return "No difference detected.\n";
        }

        var names = new SqlNames(plan.Naming);
        var text = new StringBuilder();
        var sections = plan.Steps
            .SelectMany(s => Entries(s, names))
            .GroupBy(e => (e.Rank, e.Title))
            .OrderBy(g => g.Key.Rank)
            .ThenBy(g => g.Key.Title, StringComparer.Ordinal);
        foreach (var section in sections)
        {
            text.Append(text.Length > 0 ? "\n" : "").Append(section.Key.Title).Append('\n');
            foreach (var entry in section)
            {
                text.Append("  ").Append(entry.Line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<Entry> Entries(PlanStep step, SqlNames names) => step switch
    {
        PlanStep.Rename s => Renamed(s.What, names),
        PlanStep.CreateSchema s => [new(0, "[+] Added schemas", $"- {s.Name}")],
        PlanStep.DropSchema s => [new(0, "[-] Removed schemas", $"- {s.Name}")],
        PlanStep.DropExtension s => [new(1, "[-] Removed extensions", $"- {s.Extension.Name}")],
        PlanStep.CreateExtension s => [new(2, "[+] Added extensions", $"- {s.Extension.Name}")],
        PlanStep.AlterExtension s => [new(3, $"[*] Changed the `{s.From.Name}` extension", Change(s))],
        PlanStep.CreateEnum s => [new(4, "[+] Added enums", $"- {Plain(s.Enum.Name, names)}")],
        PlanStep.CreateTable s => [new(5, "[+] Added tables", $"- {Plain(s.Table.Name, names)}")],
        PlanStep.DropEnum s => [new(6, "[-] Removed enums", $"- {Plain(s.Enum.Name, names)}")],
        PlanStep.DropTable s => [new(7, "[-] Removed tables", $"- {Plain(s.Table.Name, names)}")],
        PlanStep.AddEnumValues s => s.Values.Items.Select(v => OnEnum(s.From.Name, $"[+] Added variant `{v}`", names)),
        PlanStep.RecreateEnum s =>
        [
            .. s.Added.Items.Select(v => OnEnum(s.From.Name, $"[+] Added variant `{v}`", names)),
            .. s.Removed.Items.Select(v => OnEnum(s.From.Name, $"[-] Removed variant `{v}`", names)),
        ],
        PlanStep.AlterTable s => s.Alterations.Items.Select(a => OnTable(s.From.Name, Line(a, names), names)),
        PlanStep.CreateIndex { OnNewTable: true } or PlanStep.AddForeignKey { OnNewTable: true } => [],
        PlanStep.CreateIndex s => [OnTable(s.Table, $"[+] Added {Describe(s.Index)}", names)],
        PlanStep.DropIndex s => [OnTable(s.Table, $"[-] Removed {Describe(s.Index)}", names)],
        PlanStep.RenameIndex s => [OnTable(s.Table, $"[*] Renamed index `{s.From.Name}` to `{s.To.Name}`", names)],
        PlanStep.AddForeignKey s => [OnTable(s.Table, $"[+] Added foreign key on columns ({string.Join(", ", s.Key.Columns)})", names)],
        PlanStep.DropForeignKey s => [OnTable(s.Table, $"[-] Removed foreign key on columns ({string.Join(", ", s.Key.Columns)})", names)],
        PlanStep.RenameForeignKey s => [OnTable(s.Table, $"[*] Renamed foreign key `{s.From.Name}` to `{s.To.Name}`", names)],
        PlanStep.CreateObject { Again: false } s => [new(10, "[+] Added objects", $"- {ObjectNames.Describe(s.Object.Id)}")],
        PlanStep.DropObject { Again: false } s => [new(11, "[-] Removed objects", $"- {ObjectNames.Describe(s.Object.Id)}")],
        PlanStep.AlterObject s => [new(12, "[*] Changed objects", $"- {ObjectNames.Describe(s.To.Id)}")],
        // Once is enough.
        PlanStep.DropObject => [],
        PlanStep.CreateObject s => [new(12, "[*] Changed objects", $"- {ObjectNames.Describe(s.Object.Id)}, dropped and made again")],
        _ => throw new UnreachableException(step.GetType().Name),
    };

    private static IEnumerable<Entry> Renamed(Rename rename, SqlNames names) => rename switch
    {
        Rename.Table r => [new(-1, "[*] Renamed tables", $"- {Plain(r.From, names)} → {Plain(r.To, names)}")],
        Rename.Enum r => [new(-1, "[*] Renamed enums", $"- {Plain(r.From, names)} → {Plain(r.To, names)}")],
        Rename.Sequence r => [new(-1, "[*] Renamed sequences", $"- {Plain(r.From, names)} → {Plain(r.To, names)}")],
        Rename.Column r => [OnTable(r.Of, $"[*] Renamed column `{r.From}` to `{r.To}`", names)],
        Rename.EnumValue r => [OnEnum(r.Of, $"[*] Renamed variant `{r.From}` to `{r.To}`", names)],
        _ => throw new UnreachableException(rename.GetType().Name),
    };

    private static Entry OnEnum(ObjectName name, string line, SqlNames names) => new(8, $"[*] Changed the `{Plain(name, names)}` enum", line);

    private static Entry OnTable(ObjectName name, string line, SqlNames names) => new(9, $"[*] Changed the `{Plain(name, names)}` table", line);

    private static string Plain(ObjectName name, SqlNames names) => names.Prefix(name.Schema).Length > 0 ? $"{name.Schema}.{name.Name}" : name.Name;

    private static string Describe(Index index) =>
        $"{(index.IsUnique ? "unique " : "")}index on columns ({string.Join(", ", index.Columns.Items.Select(c => c.Name))})";

    private static string Change(PlanStep.AlterExtension step) =>
        $"[*] version {step.From.Version ?? "any"} to {step.To.Version ?? "any"}, schema {step.From.Schema ?? "any"} to {step.To.Schema ?? "any"}";

    private sealed record Entry(int Rank, string Title, string Line);
}
