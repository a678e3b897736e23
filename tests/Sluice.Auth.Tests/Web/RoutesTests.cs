using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Web;

public sealed class RoutesTests
{
    [Fact]
    public async Task A_route_that_is_switched_off_is_not_there_and_the_others_are()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.DisabledRoutes.Add(AuthRoutes.Register));

        using var register = await node.PostAsync("register", new { email = "ada@example.com", password = TestNode.Password });
        using var login = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password });

        Assert.Equal(HttpStatusCode.NotFound, register.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
    }

    [Fact]
    public async Task A_handler_of_the_host_takes_a_routes_place()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, routes: auth => auth.Replace(AuthRoutes.Login, context =>
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return Task.CompletedTask;
        }));

        using var login = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password });

        Assert.Equal((HttpStatusCode)418, login.StatusCode);
        await node.RegisterAsync();
    }

    [Fact]
    public async Task The_host_can_stand_around_a_route_and_let_it_answer()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, routes: auth => auth.Wrap(AuthRoutes.Register, async (context, register) =>
        {
            if (context.Request.Headers["X-Invitation"] != "granted")
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return;
            }

            await register(context);
        }));

        using var uninvited = await node.PostAsync("register", new { email = "ada@example.com", password = TestNode.Password });
        Assert.Equal(HttpStatusCode.Forbidden, uninvited.StatusCode);
        node.Client.DefaultRequestHeaders.Add("X-Invitation", "granted");
        await node.RegisterAsync();
    }

    [Fact]
    public async Task Filters_and_conventions_are_for_all_routes_or_for_one()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, routes: auth =>
        {
            auth.WithMetadata(new EndpointNote());
            auth[AuthRoutes.Me].AddEndpointFilter(async (context, next) =>
            {
                context.HttpContext.Response.Headers["X-Filtered"] = "yes";
                return await next(context);
            });
        });
        var ada = await node.RegisterAsync();

        using var me = await node.SendAsync(HttpMethod.Get, "me", ada.Access);
        using var sessions = await node.SendAsync(HttpMethod.Get, "me/sessions", ada.Access);

        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        Assert.Equal("yes", me.Headers.GetValues("X-Filtered").Single());
        Assert.False(sessions.Headers.Contains("X-Filtered"));
        Assert.All(node.AuthEndpoints, e => Assert.NotNull(e.Metadata.GetMetadata<EndpointNote>()));
    }

    [Fact]
    public async Task A_route_that_is_not_there_is_refused_by_name_when_the_host_starts()
    {
        await using var database = await TestNode.NewDatabaseAsync();

        var unknown = await Assert.ThrowsAsync<ArgumentException>(() => TestNode.StartAsync(database, routes: auth => auth["logn"].WithMetadata(new EndpointNote())));
        var off = await Assert.ThrowsAsync<ArgumentException>(() => TestNode.StartAsync(database, o => o.DisabledRoutes.Add(AuthRoutes.Login), routes: auth => auth.Replace(AuthRoutes.Login, _ => Task.CompletedTask)));

        Assert.Contains("There is no route `logn`. There are: register, login", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("in DisabledRoutes", off.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_of_the_API_show_what_routes_take_and_answer_with()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);

        using var document = JsonDocument.Parse(await (await node.Client.GetAsync("/openapi/v1.json")).Content.ReadAsStringAsync());

        var paths = document.RootElement.GetProperty("paths");
        Assert.Equal(
            node.AuthEndpoints.Select(e => e.RoutePattern.RawText).Distinct().Order(StringComparer.Ordinal),
            paths.EnumerateObject().Select(p => p.Name).Where(p => p != "/mine").Order(StringComparer.Ordinal));
        var login = paths.GetProperty("/auth/v1/login").GetProperty("post");
        Assert.Equal(["identifier", "password"], Schema(login.GetProperty("requestBody")).GetProperty("required").EnumerateArray().Select(r => r.GetString()));
        var session = Schema(login.GetProperty("responses").GetProperty("200")).GetProperty("properties").EnumerateObject().Select(p => p.Name);
        Assert.Equal(["accessToken", "tokenType", "expiresIn", "expiresAt", "refreshToken", "user"], session);

        JsonElement Schema(JsonElement holder)
        {
            var reference = holder.GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString()!;
            return document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty(reference.Split('/')[^1]);
        }
    }

    [Theory]
    [InlineData("/register", "post", "201 202 400 403 409 413 415 422 429 503")]
    [InlineData("/login", "post", "200 400 401 403 413 415 422 429 503")]
    [InlineData("/login/mfa", "post", "200 400 401 403 413 415 422 429 503")]
    [InlineData("/token/refresh", "post", "200 400 401 403 413 415 429 503")]
    [InlineData("/token/revoke", "post", "200 400 401 415 503")]
    [InlineData("/me", "patch", "200 400 401 409 412 413 415 422 429 503")]
    [InlineData("/me", "delete", "204 400 401 403 409 413 415 422 429 503")]
    [InlineData("/me/password", "post", "204 400 401 409 413 415 422 429 503")]
    public async Task Documents_of_the_API_show_every_status_that_a_route_answers_with(string path, string method, string statuses)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);

        using var document = JsonDocument.Parse(await (await node.Client.GetAsync("/openapi/v1.json")).Content.ReadAsStringAsync());

        var responses = document.RootElement.GetProperty("paths").GetProperty($"/auth/v1{path}").GetProperty(method).GetProperty("responses");
        Assert.Equal(statuses, string.Join(' ', responses.EnumerateObject().Select(r => r.Name)));
    }

    private sealed record EndpointNote;
}
