// Goes through the platform from outside, over HTTP alone: `legacy` clients of before the auth redesign, `rooms` those again when their tokens are over, a room's
// whole life in each of the five roles, a hundred draws, joins and cancellations at once on two servers, one of which is killed, and what is too much; `lists` the
// plans and `load` the times of a large room. It starts the servers itself; DATABASE_URL and AUTH_SECRET are theirs.
using System.Globalization;
using EventPlatform.Walk;

try
{
    await (args switch
    {
        ["rooms", var program, var access] => RoomsAsync(program, access),
        ["lists", var program, var fill, var rows] => Lists.WalkAsync(program, fill, int.Parse(rows, CultureInfo.InvariantCulture)),
        ["load", var program, var fill, var rows] => Load.MeasureAsync(program, fill, int.Parse(rows, CultureInfo.InvariantCulture)),
        ["legacy", var program, var access, var refresh] => Legacy.WalkAsync(program, access, refresh),
        _ => throw new Unexpected("usage: walk legacy PROGRAM ACCESS REFRESH, walk rooms PROGRAM ACCESS, walk lists|load PROGRAM FILL ROWS"),
    });
    return 0;
}
catch (Unexpected wrong)
{
    await Console.Error.WriteLineAsync($"  ✗ {wrong.Message}");
    return 1;
}

// On one server, with others beside it where they are needed.
static async Task RoomsAsync(string program, string access)
{
    await using var at = await Platform.StartAsync(program);
    await Legacy.WalkExpiredAsync(at, access);
    await Life.WalkAsync(at);
    await Crowd.WalkAsync(at, program);
    await Bounds.WalkAsync(at, program);
}
