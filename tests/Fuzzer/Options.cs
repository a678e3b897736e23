using System.Globalization;

namespace Sluice.Fuzzer;

/// <param name="First">Number of the first case, to look at one again: `--first N --count 1`.</param>
/// <param name="Show">How many kinds of disagreement each check prints.</param>
internal sealed record Options(ulong Seed, int First, int Count, string Kind, int Show, string? Server, bool Live)
{
    public const string Usage = "fuzz [--seed N] [--first N] [--count N] [--kind all|verdict|sql|format|dataloss] [--show N] [--server URL] [--live]";

    public static Options? Parse(string[] arguments)
    {
        var options = new Options(1, 0, 1000, "all", 20, Environment.GetEnvironmentVariable("SLUICE_FUZZ_PG"), false);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--live")
            {
                options = options with { Live = true };
                continue;
            }

            if (i + 1 == arguments.Length)
            {
                return null;
            }

            var value = arguments[++i];
            switch (arguments[i - 1])
            {
                case "--seed":
                    options = options with { Seed = ulong.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--first":
                    options = options with { First = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--count":
                    options = options with { Count = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--show":
                    options = options with { Show = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--kind":
                    options = options with { Kind = value };
                    break;
                case "--server":
                    options = options with { Server = value };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    public bool Asks(string kind) => Kind == "all" || Kind == kind;
}
