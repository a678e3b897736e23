// Goes through the platform from outside, over HTTP alone: `life` a room's whole life in each of the five roles, `crowd` a hundred draws, joins and
// cancellations at once on two servers, one of which is killed, `legacy` and `expired` clients of before the auth redesign. It starts the servers
// itself; DATABASE_URL and AUTH_SECRET are theirs.
using EventPlatform.Walk;

try
{
    await (args switch
    {
        ["life", var program] => Life.WalkAsync(program),
        ["crowd", var program] => Crowd.WalkAsync(program),
        ["legacy", var program, var access, var refresh] => Legacy.WalkAsync(program, access, refresh),
        ["expired", var program, var access] => Legacy.WalkExpiredAsync(program, access),
        _ => throw new Unexpected("usage: walk life|crowd PROGRAM, walk legacy PROGRAM ACCESS REFRESH, walk expired PROGRAM ACCESS"),
    });
    return 0;
}
catch (Unexpected wrong)
{
    await Console.Error.WriteLineAsync($"  ✗ {wrong.Message}");
    return 1;
}
