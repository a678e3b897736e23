using System.Security.Claims;
using System.Text.Json;
using System.Text.RegularExpressions;
using EventPlatform.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Sluice.Auth;
using Sluice.Auth.Idempotency;

namespace EventPlatform;

public sealed record AppView(string AppId, string Name, string? Description, string Version, JsonElement Manifest, bool IsActive, DateTime CreatedAt);

public sealed record AppRequest(string AppId, string Name, string? Description, string? Version, JsonElement Manifest);

/// <summary>Applications that rooms can run.</summary>
internal static partial class Apps
{
    public static void MapApps(this IEndpointRouteBuilder api)
    {
        var apps = api.MapGroup("/apps").WithTags("Apps");
        apps.MapGet("/", ListAsync).WithSummary("The apps that rooms can be made for.").Produces<Page<AppView>>();
        apps.MapGet("/{appId}", FindAsync).WithSummary("One app with its manifest.").Produces<AppView>().ProducesProblem(404);
        apps.MapPost("/", RegisterAsync).RequireAdministrator().AcceptIdempotencyKey()
            .WithSummary("Registers an app. Its manifest is checked against manifest.schema.json.").Produces<AppView>(201).ProducesProblem(409).ProducesProblem(422);
        apps.MapDelete("/{appId}", RetireAsync).RequireAdministrator()
            .WithSummary("Retires an app; refused while a room of it is a draft or active.").Produces(204).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(EventPlatformContext db, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken stop)
    {
        var page = await db.Apps.AsNoTracking().Where(a => a.IsActive && (after == null || a.Id.CompareTo(after) > 0)).OrderBy(a => a.Id).PageAsync(limit, a => a.Id, stop);
        return TypedResults.Ok(new Page<AppView>([.. page.Items.Select(View)], page.Next));
    }

    private static async Task<IResult> FindAsync(EventPlatformContext db, string appId, CancellationToken stop) =>
        await db.Apps.AsNoTracking().SingleOrDefaultAsync(a => a.AppId == appId, stop) is { } app ? TypedResults.Ok(View(app)) : Refused.NotFound("app");

    private static async Task<IResult> RegisterAsync(EventPlatformContext db, AppRequest request, CancellationToken stop)
    {
        if (!AppIds().IsMatch(request.AppId))
        {
            return Refused.Invalid("app_id_invalid", "An appId is lower-case words with hyphens, of at most 64 letters.");
        }

        if (request.Name.Length is 0 or > 200)
        {
            return Refused.Invalid("name_invalid", "A name has 1 to 200 letters.");
        }

        if ((Limits.Text("description", request.Description) ?? Limits.Text("version", request.Version, 64) ?? Limits.Value("manifest", request.Manifest)) is { } tooLong)
        {
            return tooLong;
        }

        if (SettingsSchema.Manifest.Check(request.Manifest) is { } wrong)
        {
            return Refused.Invalid("manifest_invalid", wrong);
        }

        if (request.Manifest.TryGetProperty("settings", out var settings) && SettingsSchema.Read(settings, out var unclear) is null)
        {
            return Refused.Invalid("manifest_invalid", $"settings: {unclear}");
        }

        var app = new Data.App { AppId = request.AppId, Name = request.Name, Description = request.Description, Version = request.Version ?? "1.0.0", Manifest = Json.Document(request.Manifest)! };
        db.Apps.Add(app);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException taken) when (taken.InnerException is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.UniqueViolation })
        {
            return Refused.Conflict("app_id_taken", "There is an app of that appId, or was one.");
        }

        return TypedResults.Created($"/api/v1/apps/{app.AppId}", View(app));
    }

    private static Task<IResult> RetireAsync(EventPlatformContext db, string appId, CancellationToken stop) =>
        db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(stop);
            // Whoever makes a room holds the app's row by the foreign key: one of the two is first.
            if (await db.Apps.FromSql($"""SELECT * FROM "apps" WHERE "appId" = {appId} FOR UPDATE""").SingleOrDefaultAsync(stop) is not { } app)
            {
                return (IResult)Refused.NotFound("app");
            }

            if (await db.Rooms.AnyAsync(r => r.AppId == app.Id && (r.Status == RoomStatus.Draft || r.Status == RoomStatus.Active), stop))
            {
                return Refused.Conflict("app_in_use", "Rooms of this app are drafts or active: complete or cancel them first.");
            }

            app.IsActive = false;
            db.Apps.Remove(app);
            await db.SaveChangesAsync(stop);
            await transaction.CommitAsync(stop);
            return TypedResults.NoContent();
        });

    private static AppView View(Data.App app) => new(app.AppId, app.Name, app.Description, app.Version, app.Manifest.RootElement.Clone(), app.IsActive, app.CreatedAt);

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$", RegexOptions.ExplicitCapture)]
    private static partial Regex AppIds();
}
