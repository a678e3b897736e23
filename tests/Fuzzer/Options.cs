using System.Globalization;

namespace Sluice.Fuzzer;

/// <param name="First">Number of the first case, to look at one again: `--first N --count 1`.</param>
/// <param name="Show">How many kinds of disagreement each check prints.</param>
/// <param name="Server">For the checks that need one: a server, as the tests have it.</param>
internal sealed record Options(ulong Seed, int First, int Count, string Kind, int Show, string? Server)
{
    public const string Usage = "fuzz [--seed N] [--first N] [--count N] [--kind all|verdict|sql|format|live|dataloss|down|validity] [--show N]";

    public static Options? Parse(string[] arguments)
    {
        var options = new Options(1, 0, 1000, "all", 20, Environment.GetEnvironmentVariable("SLUICE_TEST_PG"));
        for (var i = 0; i < arguments.Length; i++)
        {
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
                default:
                    return null;
            }
        }

        return options;
    }

    /// <summary>What needs a server is slow, and has to be asked for by name.</summary>
    public bool Asks(string kind) => Kind == kind || (Kind == "all" && kind is not ("live" or "dataloss"));
}
