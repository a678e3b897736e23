using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Importing;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Administration;

/// <summary>Routes of what is kept of everybody, and of the installation itself.</summary>
internal static class LogEndpoints
{
    private static readonly Refusal OneKey = new(409, "key_not_stored", "With HS256 the only key is JWT_SECRET. Set another one on all nodes at once; whoever is signed in refreshes.");
    private static readonly Refusal NoLines = new(415, "unsupported_media_type", "Send lines of JSON, as application/x-ndjson.");

    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes)
    {
        Add(AuthRoutes.AdminAudit, "GET", "/admin/audit", AuditAsync, new("The audit log, by `user`, `actor`, `action`, `ip`, `requestId`, `since` and `until`.", AuditAsync) { Answers = [(200, typeof(AuditList))], Refusals = [400] });
        Add(AuthRoutes.AdminAuditExport, "GET", "/admin/audit/export", ExportAsync, new("The same as a file: `?format=ndjson` or `csv`.", ExportAsync) { Files = ["application/x-ndjson", "text/csv"], Refusals = [400] });
        Add(AuthRoutes.AdminEmailLogs, "GET", "/admin/email-logs", MailAsync, new("What was mailed, by `to`, `user`, `status` and `template`; not what it said.", MailAsync) { Answers = [(200, typeof(MailList))], Refusals = [400] });
        Add(AuthRoutes.AdminStatistics, "GET", "/admin/statistics", StatisticsAsync, new("Accounts, sessions and what happened in a day and in a week.", StatisticsAsync) { Answers = [(200, typeof(SecurityStatistics))] });
        Add(AuthRoutes.AdminKeys, "GET", "/admin/keys", KeysAsync, new("The keys that sign and verify.", KeysAsync) { Answers = [(200, typeof(KeyList))], Refusals = [409] });
        Add(AuthRoutes.AdminRotateKeys, "POST", "/admin/keys/rotate", RotateAsync, new("Publishes a new key; says from when on it signs.", RotateAsync) { Answers = [(200, typeof(KeyList))], Refusals = [409] });
        Add(AuthRoutes.AdminImport, "POST", "/admin/import", ImportAsync, new("Takes accounts from lines of JSON (`?onConflict=report`, `skip`, `update` or `fail`, `?dryRun=true`).", ImportAsync) { Answers = [(200, typeof(ImportAnswer))], Refusals = [400, 413, 415] });

        void Add(string route, string method, string path, Func<HttpContext, Actor, Task> handle, RouteShape shape) =>
            routes.Map(at, route, method, path, AdminOnly.Do(handle), shape with { Refusals = [401, 403, .. shape.Refusals, 503] });
    }

    private static async Task AuditAsync(HttpContext context, Actor actor)
    {
        var query = new Query(context.Request.Query);
        var filter = Filter(query, context);
        var (limit, after) = (query.Limit(), query.Cursor(context.Get<Cursors>(), filter.List));
        if (query.Wrong is { } wrong)
        {
            await Answer.RefuseAsync(context, wrong);
            return;
        }

        var events = await context.Get<AuditListing>().ListAsync(filter, after, limit + 1, context.RequestAborted);
        var next = events.Count > limit ? context.Get<Cursors>().Write(filter.List, new Place(events[limit - 1].At.UtcDateTime, events[limit - 1].Id)) : null;
        await Answer.WriteAsync(context, StatusCodes.Status200OK, new AuditList(events.Count > limit ? events[..limit] : events, next), AdministrationJson.Default.AuditList);
    }

    private static async Task ExportAsync(HttpContext context, Actor actor)
    {
        var query = new Query(context.Request.Query);
        var (filter, format) = (Filter(query, context), query.OneOf("format", AuditExport.Formats) ?? "ndjson");
        if (query.Wrong is { } wrong)
        {
            await Answer.RefuseAsync(context, wrong);
            return;
        }

        // What happens while it is written, this export among it, is the next one's.
        filter = filter with { Until = filter.Until ?? context.Get<AuthDatabase>().Now };
        var export = context.Get<AuditExport>();
        await export.TellAsync(filter, format, actor, context.RequestAborted);
        Answer.Harden(context.Response, StatusCodes.Status200OK);
        context.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"audit.{format}\"";
        try
        {
            await export.WriteAsync(filter, format, context.Response.BodyWriter, context.RequestAborted);
        }
        catch when (context.Response.HasStarted)
        {
            // A file that ends in the middle must not look whole.
            context.Abort();
            throw;
        }
    }

    private static async Task MailAsync(HttpContext context, Actor actor)
    {
        var query = new Query(context.Request.Query);
        var filter = new MailFilter(query.Text("to"), query.Id("user", context.Get<AuthDatabase>().IsId), query.OneOf("status", MailFilter.States), query.Text("template"));
        var (limit, after) = (query.Limit(), query.Cursor(context.Get<Cursors>(), filter.List));
        if (query.Wrong is { } wrong)
        {
            await Answer.RefuseAsync(context, wrong);
            return;
        }

        var mails = await context.Get<MailListing>().ListAsync(filter, after, limit + 1, context.RequestAborted);
        var next = mails.Count > limit ? context.Get<Cursors>().Write(filter.List, new Place(mails[limit - 1].CreatedAt.UtcDateTime, mails[limit - 1].Id)) : null;
        await Answer.WriteAsync(context, StatusCodes.Status200OK, new MailList(mails.Count > limit ? mails[..limit] : mails, next), AdministrationJson.Default.MailList);
    }

    private static async Task StatisticsAsync(HttpContext context, Actor actor) =>
        await Answer.WriteAsync(context, StatusCodes.Status200OK, await context.Get<Statistics>().ReadAsync(context.RequestAborted), AdministrationJson.Default.SecurityStatistics);

    private static Task KeysAsync(HttpContext context, Actor actor) => HasOneKey(context) ? Answer.RefuseAsync(context, OneKey) : ShowKeysAsync(context);

    private static async Task RotateAsync(HttpContext context, Actor actor)
    {
        if (HasOneKey(context))
        {
            await Answer.RefuseAsync(context, OneKey);
            return;
        }

        var happened = new AuditEvent("keys_rotated", "signing_key") { UserId = actor.UserId, SessionId = actor.SessionId, Client = actor.Client };
        if (await context.Get<StoredKeys>().RotateAsync(happened, context.RequestAborted))
        {
            await context.Get<Announcer>().AnnounceAsync([happened], context.RequestAborted);
        }

        await ShowKeysAsync(context);
    }

    private static async Task ShowKeysAsync(HttpContext context)
    {
        var now = context.Get<TimeProvider>().GetUtcNow();
        var keys = await context.Get<StoredKeys>().ListAsync(context.RequestAborted);
        var signer = keys.LastOrDefault(k => k.SignsFrom <= now) ?? (keys.Count > 0 ? keys[0] : null);
        var views = keys.Select(k => new KeyView(
            k.Kid, k.Algorithm, k == signer ? "signs" : k.SignsFrom > now ? "waits" : "verifies", k.SignsFrom, k.VerifiesUntil == DateTimeOffset.MaxValue ? null : k.VerifiesUntil));
        await Answer.WriteAsync(context, StatusCodes.Status200OK, new KeyList([.. views]), AdministrationJson.Default.KeyList);
    }

    private static async Task ImportAsync(HttpContext context, Actor actor)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || type.MediaType.Value?.ToLowerInvariant() is not ("application/x-ndjson" or "application/jsonl" or "application/json"))
        {
            await Answer.RefuseAsync(context, NoLines);
            return;
        }

        var query = new Query(context.Request.Query);
        var (onConflict, isDryRun) = (query.OneOf("onConflict", "report", "skip", "update", "fail") ?? "report", query.OneOf("dryRun", "true", "false") == "true");
        if (query.Wrong is { } wrong)
        {
            await Answer.RefuseAsync(context, wrong);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = ImportLines.LargestBody;
        }

        try
        {
            var answer = await context.Get<ImportLines>().RunAsync(context.Request.Body, ImportArguments.Conflict(onConflict)!.Value, isDryRun, actor, context.RequestAborted);
            await Answer.WriteAsync(context, StatusCodes.Status200OK, answer, AdministrationJson.Default.ImportAnswer);
        }
        catch (BadHttpRequestException broken)
        {
            await Answer.RefuseAsync(context, new Refusal(broken.StatusCode, "invalid_request", "The body is too large, or broken off. What was imported of it stays; send it again, it goes on there."));
        }
    }

    private static AuditFilter Filter(Query query, HttpContext context)
    {
        Func<string, bool> isId = context.Get<AuthDatabase>().IsId;
        return new AuditFilter(query.Id("user", isId), query.Id("actor", isId), query.Text("action"), query.Text("ip"), query.Text("requestId"), query.Time("since"), query.Time("until"));
    }

    private static bool HasOneKey(HttpContext context) => context.Get<IOptions<SluiceAuthOptions>>().Value.Tokens.Algorithm == "HS256";
}
