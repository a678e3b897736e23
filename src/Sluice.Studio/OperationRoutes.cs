using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Postgres.Monitoring;
using Sluice.Studio.Health;
using Sluice.Studio.Migrations;
using Sluice.Studio.Storage;
using Sluice.Studio.Web;

namespace Sluice.Studio;

/// <summary>The tabs Migrations and Health. What they change, they change for whoever typed the database's name.</summary>
internal static class OperationRoutes
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    public static void Map(IEndpointRouteBuilder app, StudioSettings settings, StudioDatabase database, DeployRun deploy, CancellationToken stopping)
    {
        Get("/api/migrations", async context =>
            await Answers.WriteAsync(context, await MigrationsAnswer.ReadAsync(database, settings.Run, settings.BackupFolder, context.RequestAborted), StudioJson.Default.MigrationsAnswer));
        Get("/api/migrations/pending", async context =>
        {
            var plan = ToolRun.JsonAsync(settings.Tool, database.Address, context.RequestAborted, "migrate", "deploy", "--dry-run", "--no-backup");
            var lint = ToolRun.JsonAsync(settings.Tool, database.Address, context.RequestAborted, "migrate", "lint");
            await Answers.WriteAsync(context, new PendingAnswer(await plan, await lint), StudioJson.Default.PendingAnswer);
        });
        Get("/api/migrations/drift", async context =>
        {
            // It replays the history in a database that it makes beside this one.
            database.RequireWriting();
            await Answers.WriteAsync(context, await DriftAnswer.ReadAsync(settings.Run, settings.Tool, context.RequestAborted), StudioJson.Default.DriftAnswer);
        });
        Post("/api/migrations/deploy", async context =>
        {
            database.RequireName((await Answers.ReadAsync(context, StudioJson.Default.NamedRequest)).Database);
            deploy.Start();
            await Answers.WriteAsync(context, deploy.Log!, StudioJson.Default.DeployLog);
        });
        Get("/api/migrations/live", async context =>
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            context.Response.ContentType = "text/event-stream";
            var last = "";
            try
            {
                while (true)
                {
                    var runs = await database.ReadAsync(Limit, connection => MigrationsAnswer.RunsAsync(connection, end.Token), end.Token);
                    var now = JsonSerializer.Serialize(new LiveAnswer(runs, deploy.Log), StudioJson.Default.LiveAnswer);
                    if (now != last)
                    {
                        await context.Response.WriteAsync($"data: {now}\n\n", end.Token);
                        await context.Response.Body.FlushAsync(end.Token);
                        last = now;
                    }

                    await Task.Delay(Pause, end.Token);
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // The page was left, or Studio ends.
            }
        });
        Get("/api/health", async context =>
        {
            var figures = await Postgres.Monitoring.Monitor.ReadAsync(settings.Run, context.RequestAborted);
            var sessions = await database.ReadAsync(Limit, connection => Sessions.ReadAsync(connection, database.Address, context.RequestAborted), context.RequestAborted);
            var checks = FigureChecks.Of(figures, settings.Thresholds).Checks;
            await Answers.WriteAsync(context, new HealthAnswer(figures, [.. checks.Select(c => new HealthCheck(c.Name, c.Value, c.Threshold, c.Verdict.ToString().ToLowerInvariant(), c.Advice))], FigureChecks.Since(figures), database.Address.Pool.Maximum, sessions), StudioJson.Default.HealthAnswer);
        });
        Get("/api/health/doctor", async context =>
        {
            var answer = await ToolRun.JsonAsync(settings.Tool, database.Address, context.RequestAborted, "doctor");
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer.GetRawText()), context.RequestAborted);
        });
        Post("/api/health/end", async context =>
        {
            var request = await Answers.ReadAsync(context, StudioJson.Default.EndRequest);
            database.RequireName(request.Database);
            var ended = await database.WriteAsync(Limit, async connection => (await Sessions.EndAsync(connection, request.Process, request.Started, context.RequestAborted), true), context.RequestAborted);
            await Answers.WriteAsync(context, new EndAnswer(ended), StudioJson.Default.EndAnswer);
        });

        void Get(string path, Func<HttpContext, Task> answer) => app.MapGet(path, new RequestDelegate(answer));

        void Post(string path, Func<HttpContext, Task> answer) => app.MapPost(path, new RequestDelegate(answer));
    }
}

/// <param name="Database">As a person typed it.</param>
internal record NamedRequest(string Database);

internal sealed record EndRequest(string Database, int Process, string Started) : NamedRequest(Database);

internal sealed record EndAnswer(bool Ended);

internal sealed record PendingAnswer(JsonElement Plan, JsonElement Lint);

internal sealed record LiveAnswer(ImmutableArray<JournalledRun> Runs, DeployLog? Log);

internal sealed record HealthCheck(string Name, string Value, string Threshold, string Verdict, string? Advice);

/// <param name="Pool">How many connections an application of this address may hold.</param>
internal sealed record HealthAnswer(Figures Figures, ImmutableArray<HealthCheck> Checks, string Since, int Pool, ImmutableArray<DatabaseSession> Sessions);
