// The event platform: rooms in which participants win prizes. Accounts and sessions are Sluice.Auth's, the rest is here.
using EventPlatform;
using EventPlatform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sluice.Auth;
using Sluice.Auth.Idempotency;
using Sluice.Auth.Storage;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => (kestrel.AddServerHeader, kestrel.Limits.MaxRequestBodySize) = (false, 64 * 1024));
// At Information it writes the query of every address.
builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
builder.Services.AddEventPlatformContext(builder.Configuration["DATABASE_URL"]);
builder.Services.ConfigureDbContext<EventPlatformContext>((services, options) => options.AddInterceptors(new Notices(services.GetRequiredService<ILogger<Notices>>())));
builder.Services.AddSluiceAuth(options => Accounts.Configure(options, builder.Configuration));
builder.Services.AddLegacyTokens();
builder.Services.AddAuthorization();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<LiveRooms>().AddHostedService(s => s.GetRequiredService<LiveRooms>());
builder.Services.AddHostedService<Housekeeping>();
builder.Services.AddSingleton<DrawSeeds>().AddScoped<RoomWork>();
builder.Services.ConfigureHttpJsonOptions(o => Json.Configure(o.SerializerOptions));
builder.Services.AddProblemDetails();
builder.Services.AddOpenApi();

try
{
    await using var app = builder.Build();
    if (AuthCommands.Knows(args))
    {
        return await AuthCommands.RunAsync(app.Services, args, Console.Out, Console.Error, Console.OpenStandardInput());
    }

    app.UseExceptionHandler();
    app.UseStatusCodePages();
    app.UseTokensWithoutBrowser();
    app.UseAuthentication();
    app.UseAuthorization();
    app.UseSluiceIdempotency();
    app.MapSluiceAuth("/auth/v1");
    app.MapSluiceHealth();
    app.MapSluiceMetrics();
    app.MapOpenApi();
    app.MapWebPage();
    var api = app.MapGroup("/api/v1");
    api.MapApps();
    api.MapRooms();
    api.MapParticipants();
    api.MapPrizes();
    api.MapDraws();
    api.MapLiveRooms();

    await app.RunAsync();
    return 0;
}
catch (Exception wrong) when (wrong is OptionsValidationException or AuthSetupException)
{
    // What is set up wrongly: its message says what to set.
    await Console.Error.WriteLineAsync($"event-platform: {wrong.Message}");
    return 1;
}
