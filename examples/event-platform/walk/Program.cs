// Goes through the platform from outside, over HTTP alone: `life` a room's whole life in each of the five roles, `crowd` a hundred draws, joins and
// cancellations at once on two servers, one of which is killed, `bounds` what is too much, `lists` the plans and `load` the times of a large room, `legacy` and `expired` clients of before the auth redesign. It starts the servers
// itself; DATABASE_URL and AUTH_SECRET are theirs.
using System.Globalization;
using EventPlatform.Walk;

try
{
    await (args switch
    {
        ["life", var program] => Life.WalkAsync(program),
        ["crowd", var program] => Crowd.WalkAsync(program),
        ["bounds", var program] => Bounds.WalkAsync(program),
        ["lists", var program, var fill, var rows] => Lists.WalkAsync(program, fill, int.Parse(rows, CultureInfo.InvariantCulture)),
        ["load", var program, var fill, var rows] => Load.MeasureAsync(program, fill, int.Parse(rows, CultureInfo.InvariantCulture)),
        ["legacy", var program, var access, var refresh] => Legacy.WalkAsync(program, access, refresh),
        ["expired", var program, var access] => Legacy.WalkExpiredAsync(program, access),
        _ => throw new Unexpected("usage: walk life|crowd|bounds PROGRAM, walk lists|load PROGRAM FILL ROWS, walk legacy PROGRAM ACCESS REFRESH, walk expired PROGRAM ACCESS"),
    });
    return 0;
}
catch (Unexpected wrong)
{
    await Console.Error.WriteLineAsync($"  ✗ {wrong.Message}");
    return 1;
}
