// Payments, each made once: sign-in behind the lockout of `auth_attempts`, the payment behind the keys of `idempotency_records`.
using Npgsql;
using Payments;
using Sluice.Auth;
using Sluice.Auth.Idempotency;
using Sluice.Auth.Settings;
using Sluice.Postgres.Connecting;

var builder = WebApplication.CreateSlimBuilder(args);
var settings = builder.Configuration;
var database = settings["DATABASE_URL"] ?? throw new InvalidOperationException("Set DATABASE_URL; the README has the commands.");
builder.WebHost.ConfigureKestrel(kestrel => (kestrel.AddServerHeader, kestrel.Limits.MaxRequestBodySize) = (false, 16 * 1024));
// At Information it writes the query of every address.
builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
builder.Services.AddSluiceAuth(o =>
{
    settings.GetSection("SluiceAuth").Bind(o);
    o.DatabaseUrl = database;
    o.Secret = settings["AUTH_SECRET"] ?? "";
    o.Issuer = o.Audience = settings["ADDRESS"] ?? "http://localhost:5000";
    o.MigrateOnStart = settings.GetValue("AUTH_MIGRATE", false);

    // The two tables are those of schema.prisma, with cuids; what else Sluice.Auth keeps is in a schema of its own.
    o.Tables.Ids = IdKind.Cuid;
    o.Tables.Existing.UnionWith(["auth_attempts", "idempotency_records"]);
    o.Tables.Absent.Add("auth_attempts.succeededAt");
    (o.Tables.Schema, o.Tables.ExistingSchema) = ("auth", "public");
});
builder.Services.AddAuthorization();
builder.Services.AddProblemDetails();
builder.Services.ConfigureHttpJsonOptions(o => (o.SerializerOptions.RespectNullableAnnotations, o.SerializerOptions.RespectRequiredConstructorParameters) = (true, true));
builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(ServerConnection.ConnectionString(DatabaseAddress.Parse(database))));

await using var app = builder.Build();
// `cleanup idempotency`, `unlock EMAIL`, `schema check` …
if (AuthCommands.Knows(args))
{
    return await AuthCommands.RunAsync(app.Services, args, Console.Out);
}

app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseAuthentication();
app.UseAuthorization();
app.UseSluiceIdempotency();
app.MapSluiceAuth();
app.MapSluiceHealth();
app.MapPayments();
await app.RunAsync();
return 0;
