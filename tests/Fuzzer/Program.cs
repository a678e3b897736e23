using Sluice.Fuzzer;
using Sluice.Fuzzer.Drafts;

var options = Options.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(Options.Usage);
    return 1;
}

if (options.Kind == "down")
{
    // Asks the database alone.
    await using var ways = await WaysBack.CreateAsync();
    var wrong = 0;
    for (var number = options.First; number < options.First + options.Count; number++)
    {
        var keepData = number % 2 == 0;
        var online = number % 4 >= 2;
        if (await ways.TryAsync(options.Seed, number, keepData, online) is { } found)
        {
            wrong++;
            Console.WriteLine($"#{number}{(keepData ? " (keeps data)" : "")}{(online ? " (online)" : "")} {found}\n");
        }
    }

    foreach (var (remark, count) in ways.Remarks.OrderByDescending(r => r.Value).Take(options.Show))
    {
        Console.WriteLine($"{count,6} {remark}");
    }

    Console.WriteLine($"down: {ways.Tried} ways back tried with {ways.Rows} rows, {ways.Irreversible} declared irreversible, {wrong} wrong");
    return wrong == 0 ? 0 : 1;
}

using var oracle = Oracle.Find(options.Server);
if (oracle is null)
{
    Console.Error.WriteLine("The oracle is not here: set SLUICE_ORACLE to an installed copy.");
    return 1;
}

var verdict = new Tally("verdict", t => Check.Verdict(oracle, t[0]));
var sql = new Tally("sql", t => Check.Sql(oracle, Left(t), t[1]));
var format = new Tally("format", t => Check.Format(oracle, t[0]));
var live = new Tally("live", t => Check.Guarded(() => Live.RoundTripAsync(oracle, Left(t), t[1]).GetAwaiter().GetResult()));
var dataLoss = new Tally("dataloss", t => Check.Guarded(() => Live.DataLossAsync(oracle, t[0], t[1]).GetAwaiter().GetResult()));
Tally[] tallies = [verdict, sql, format, live, dataLoss];
var refusals = new SortedDictionary<string, int>(StringComparer.Ordinal);
var valid = 0;
var pairs = 0;
for (var number = options.First; number < options.First + options.Count; number++)
{
    var dice = new Dice(options.Seed * 1_000_003UL + (ulong)number);
    var draft = new Inventor(dice).Schema(dice.Pick([2, 3, 5, 8]));
    var edited = new Editor(dice).Edit(draft, dice.Pick([1, 1, 2, 3, 6]));
    var (from, to) = (DraftText.Write(draft), DraftText.Write(edited));
    var fromValid = IsValid(from);
    valid += fromValid ? 1 : 0;
    if (options.Asks("verdict"))
    {
        verdict.Add(number, from);
        verdict.Add(number, to);
        verdict.Add(number, TextMutation.Mutate(dice, from, dice.Between(1, 3)));
        verdict.Add(number, Slips.Slip(dice, from));
        verdict.Add(number, Slips.Slip(dice, Slips.Slip(dice, to)));
    }

    if (fromValid && options.Kind is not ("verdict" or "format"))
    {
        var toValid = IsValid(to);
        pairs += toValid ? 1 : 0;
        Pair(sql, number, from, toValid ? to : null);
        Pair(live, number, from, toValid ? to : null);
        if (toValid && options.Asks("dataloss"))
        {
            dataLoss.Add(number, from, to);
        }
    }

    if (options.Asks("format"))
    {
        var text = dice.Roll(4) switch
        {
            0 => TextMutation.Mutate(dice, from, dice.Between(1, 3)),
            1 when !from.Contains("@relation(\"", StringComparison.Ordinal) => TextMutation.Unfinished(dice, from),
            _ => from,
        };
        format.Add(number, TextMutation.Untidy(dice, text));
    }
}

foreach (var tally in tallies.Where(t => t.Asked > 0))
{
    if (tally.Disagreed > 0)
    {
        tally.Report(Console.Out, options.Show);
    }
}

if (options.Kind == "validity")
{
    foreach (var (kind, count) in refusals.OrderByDescending(r => r.Value).Take(options.Show))
    {
        Console.WriteLine($"{count,6} {kind}");
    }
}

Console.WriteLine($"\nseed {options.Seed}: {options.Count} schemas, {100.0 * valid / options.Count:0.0} % valid, {pairs} valid pairs, {oracle.Crashes} oracle crashes");
foreach (var tally in tallies.Where(t => t.Asked > 0))
{
    Console.WriteLine(tally.Summary());
}

return 0;

static string? Left(string[] pair) => pair[0].Length == 0 ? null : pair[0];

void Pair(Tally tally, int number, string from, string? to)
{
    if (options.Asks(tally.Name))
    {
        tally.Add(number, "", from);
        if (to is not null)
        {
            tally.Add(number, from, to);
        }
    }
}

bool IsValid(string schema)
{
    var found = oracle.Lint(schema);
    foreach (var error in found?.Where(e => !e.IsWarning) ?? [])
    {
        var kind = Check.Anonymous(error.Text);
        refusals[kind] = refusals.GetValueOrDefault(kind) + 1;
    }

    return found is not null && found.All(e => e.IsWarning);
}
