using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Diagram;
using Sluice.Studio.Schemas;
using Sluice.Studio.Storage;
using Sluice.Studio.Tables;
using Sluice.Studio.Web;

namespace Sluice.Studio;

/// <summary>The Schema tab: the drawing, and the text beside it.</summary>
internal static class SchemaRoutes
{
    private const int Farthest = 9;

    // The page's colours follow its own switch, and the reader's system where that says so.
    private static readonly string Style =
        DiagramStyle.Colours(".drawing", Theme.Auto) + DiagramStyle.Colours("[data-theme=light] .drawing", Theme.Light) + DiagramStyle.Colours("[data-theme=dark] .drawing", Theme.Dark) + DiagramStyle.Rules;

    public static void Map(IEndpointRouteBuilder app, StudioSettings settings, StudioDatabase database)
    {
        Get("/diagram.css", context =>
        {
            context.Response.ContentType = "text/css; charset=utf-8";
            return context.Response.WriteAsync(Style, context.RequestAborted);
        });
        Get("/api/schema", async context =>
            await Answers.WriteAsync(context, await SchemaAnswer.ReadAsync(database, settings, context.RequestAborted), StudioJson.Default.SchemaAnswer));
        Get("/api/schema/drawing", async context =>
        {
            var asked = context.Request.Query;
            var center = asked["schema"] is [{ } schema] && asked["name"] is [{ } name] ? new TableName(schema, name) : null;
            var depth = int.TryParse(asked["depth"], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? Math.Min(given, Farthest) : 1;
            await Answers.WriteAsync(context, await DrawingAnswer.ReadAsync(database, settings, center, depth, asked["keys"] == "true", context.RequestAborted), StudioJson.Default.DrawingAnswer);
        });

        void Get(string path, Func<HttpContext, Task> answer) => app.MapGet(path, new RequestDelegate(answer));
    }
}
