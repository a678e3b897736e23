using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Sluice.Studio.Queries;
using Sluice.Studio.Storage;
using Sluice.Studio.Tables;
using Sluice.Studio.Web;

namespace Sluice.Studio;

/// <summary>The Data tab: rows, changes to them, and the console.</summary>
internal static class DataRoutes
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static void Map(IEndpointRouteBuilder app, StudioDatabase database)
    {
        Get("/api/session", async context =>
        {
            var version = await database.ReadAsync(Limit, connection => Task.FromResult(connection.PostgreSqlVersion.ToString()), context.RequestAborted);
            var address = database.Address;
            await Answers.WriteAsync(context, new SessionAnswer(address.Database, address.Server, address.User, version, database.IsReadOnly), StudioJson.Default.SessionAnswer);
        });
        Get("/api/tables", async context =>
        {
            var outline = await database.ReadAsync(Limit, connection => Outline.ReadAsync(connection, context.RequestAborted), context.RequestAborted);
            await Answers.WriteAsync(context, outline, StudioJson.Default.Outline);
        });
        Post("/api/rows", async context =>
        {
            var request = await Answers.ReadAsync(context, StudioJson.Default.RowsRequest);
            var page = await OfAsync(context, request.Table, (connection, table) => Rows.ReadAsync(connection, table, request, context.RequestAborted));
            await Answers.WriteAsync(context, page, StudioJson.Default.RowsPage);
        });
        Post("/api/count", async context =>
        {
            var request = await Answers.ReadAsync(context, StudioJson.Default.Selection);
            var (count, isExact) = await OfAsync(context, request.Table, (connection, table) => Rows.CountAsync(connection, table, request, context.RequestAborted));
            await Answers.WriteAsync(context, new CountAnswer(count, isExact), StudioJson.Default.CountAnswer);
        });
        Post("/api/places", async context =>
        {
            var request = await Answers.ReadAsync(context, StudioJson.Default.Selection);
            var places = await OfAsync(context, request.Table, (connection, table) => Rows.PlacesAsync(connection, table, request, context.RequestAborted));
            await Answers.WriteAsync(context, new PlacesAnswer(places), StudioJson.Default.PlacesAnswer);
        });
        Post("/api/row", async context =>
        {
            var request = await Answers.ReadAsync(context, StudioJson.Default.RowRequest);
            var row = await OfAsync(context, request.Table, (connection, table) => Rows.FindAsync(connection, table, request.Key, context.RequestAborted));
            await Answers.WriteAsync(context, row ?? throw new RefusedException(404, "The row is no longer there."), StudioJson.Default.WholeRow);
        });
        Post("/api/copy", async context =>
        {
            var request = await Answers.ReadAsync(context, StudioJson.Default.CopyRequest);
            var text = await OfAsync(context, request.Table, (connection, table) => Copying.ReadAsync(connection, table, request, context.RequestAborted));
            await Answers.WriteAsync(context, new TextAnswer(text), StudioJson.Default.TextAnswer);
        });
        Post("/api/changes/sql", async context =>
        {
            var changes = await Answers.ReadAsync(context, StudioJson.Default.RowChanges);
            var outline = await database.ReadAsync(Limit, connection => Outline.ReadAsync(connection, context.RequestAborted), context.RequestAborted);
            await Answers.WriteAsync(context, new TextAnswer(Applying.Shown(outline, changes)), StudioJson.Default.TextAnswer);
        });
        Post("/api/changes", async context =>
        {
            var changes = await Answers.ReadAsync(context, StudioJson.Default.RowChanges);
            try
            {
                var applied = await database.WriteAsync(
                    Limit, async connection => await Applying.RunAsync(connection, await Outline.ReadAsync(connection, context.RequestAborted), changes, context.RequestAborted), context.RequestAborted);
                await Answers.WriteAsync(context, applied, StudioJson.Default.Applied, applied.Conflict is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
            }
            catch (ChangeRefusedException refused)
            {
                var why = Answers.Of(refused.Refused, database.Address);
                await Answers.WriteAsync(context, new ChangeRefusal(why.Message, why.Code, why.Detail, why.Hint, refused.Change), StudioJson.Default.ChangeRefusal, StatusCodes.Status422UnprocessableEntity);
            }
        });
        Post("/api/query", async context =>
        {
            var request = await Answers.ReadAsync(context, StudioJson.Default.ConsoleRequest);
            await Answers.WriteAsync(context, await SqlConsole.RunAsync(database, request, context.RequestAborted), StudioJson.Default.ConsoleAnswer);
        });
        Post("/api/explain", async context =>
        {
            var request = await Answers.ReadAsync(context, StudioJson.Default.ExplainRequest);
            await Answers.WriteAsync(context, new TextAnswer(await SqlConsole.ExplainAsync(database, request, context.RequestAborted)), StudioJson.Default.TextAnswer);
        });

        void Get(string path, Func<HttpContext, Task> answer) => app.MapGet(path, new RequestDelegate(answer));

        void Post(string path, Func<HttpContext, Task> answer) => app.MapPost(path, new RequestDelegate(answer));

        Task<T> OfAsync<T>(HttpContext context, TableName name, Func<NpgsqlConnection, OutlineTable, Task<T>> read) => database.ReadAsync(
            Limit, async connection => await read(connection, await Outline.ReadOneAsync(connection, name, context.RequestAborted)), context.RequestAborted);
    }
}
