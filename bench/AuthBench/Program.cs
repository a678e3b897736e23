using System.Globalization;
using Sluice.Bench.Auth;

// Started by bench/auth.
switch (args)
{
    case ["serve", var design, var database, var redis, var folder]:
        await Designs.ServeAsync(design, database, redis, folder);
        return 0;
    case [("all" or "requests" or "refresh" or "sign-in") and var part, var rounds, var seconds, var folder, var redis]:
        await using (var field = await Field.PrepareAsync(folder, redis))
        {
            await Report.WriteAsync(field, part, int.Parse(rounds, CultureInfo.InvariantCulture), int.Parse(seconds, CultureInfo.InvariantCulture), Console.Out);
        }

        return 0;
    case ["soak", var seconds, var folder]:
        await using (var field = await Field.PrepareAsync(folder, ""))
        {
            await Soak.RunAsync(field, TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)), Console.Out);
        }

        return 0;
    case ["steps"]:
        await Micro.WriteStepsAsync(Console.Out);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: bench/auth [ROUNDS | quick | requests | refresh | sign-in | soak 10m]");
        return 2;
}
