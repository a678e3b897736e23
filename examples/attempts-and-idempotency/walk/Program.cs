// Goes through the service of payments from outside, over HTTP: sent again, at once, on two servers, killed between; and wrong passwords.
// It starts the servers itself, and looks into the database, whose locks decide what happens first. DATABASE_URL and AUTH_SECRET are the servers'.
using Npgsql;
using Payments.Walk;
using Sluice.Postgres.Connecting;

if (args is not [var program] || Environment.GetEnvironmentVariable("DATABASE_URL") is not { } url)
{
    await Console.Error.WriteLineAsync("usage: DATABASE_URL=… AUTH_SECRET=… walk PROGRAM");
    return 2;
}

await using var database = NpgsqlDataSource.Create(ServerConnection.ConnectionString(DatabaseAddress.Parse(url)));
try
{
    await using var one = await Service.StartAsync(program);
    await using var two = await Service.StartAsync(program);
    await SentAgain.WalkAsync(one, two, database);
    await Killed.WalkAsync(program, one, database);
    await Guesses.WalkAsync(one, two, database);
    return 0;
}
catch (Unexpected wrong)
{
    await Console.Error.WriteLineAsync($"  ✗ {wrong.Message}");
    return 1;
}
