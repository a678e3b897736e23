using Microsoft.Extensions.Options;
using Sluice.Auth;
using Sluice.Auth.Server;
using Sluice.Auth.Storage;
using Sluice.Postgres.Connecting;

if (args is ["help" or "--help" or "-h"])
{
    await Console.Out.WriteLineAsync(Help.Text);
    return 0;
}

// Everything below `SluiceAuth` in the configuration (SluiceAuth__Issuer as a variable), and the variables that everybody has.
var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
// At Information it writes the query of every address, and a link in a mail has its token there.
builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
builder.Services.AddSluiceAuth(options =>
{
    builder.Configuration.GetSection("SluiceAuth").Bind(options);
    options.DatabaseUrl = options.DatabaseUrl is { Length: > 0 } url ? url : builder.Configuration["DATABASE_URL"] ?? "";
    options.Revocation.RedisUrl = options.Revocation.RedisUrl is { Length: > 0 } redis ? redis : builder.Configuration["REDIS_URL"] ?? "";
    options.Tokens.HmacSecret = options.Tokens.HmacSecret is { Length: > 0 } secret ? secret : builder.Configuration["JWT_SECRET"] ?? "";
});

if (Telemetry.IsWanted(builder.Configuration))
{
    builder.Services.AddHostedService<Telemetry>();
}

try
{
    await using var app = builder.Build();
    if (AuthCommands.Knows(args))
    {
        return await AuthCommands.RunAsync(app.Services, args, Console.Out, Console.Error, Console.OpenStandardInput());
    }

    if (Telemetry.IsWanted(builder.Configuration))
    {
        app.Use(Telemetry.NameAsync);
    }

    app.MapSluiceAuth("/auth/v1");
    app.MapSluiceHealth();
    app.MapGet("/openapi/v1.json", ApiDocument.WriteAsync);
    if (builder.Configuration.GetValue<bool>("SluiceAuth:Metrics"))
    {
        app.MapSluiceMetrics();
    }

    await app.RunAsync();
    return 0;
}
catch (Exception wrong) when (wrong is OptionsValidationException or AuthSetupException or ProblemException)
{
    // What is set up wrongly: its message says what to set.
    await Console.Error.WriteLineAsync($"sluice-auth: {(wrong is OptionsValidationException { Failures: var failures } ? string.Join('\n', failures) : wrong.Message)}");
    return 1;
}
