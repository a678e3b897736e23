using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Web;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Web;

/// <summary>
/// docs/openapi.json, of what ASP.NET Core writes about our routes: with names, examples, and the codes that tests have seen. What a property
/// is called says what stands in it.
/// </summary>
internal static partial class ApiDocument
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";
    private const string Form = "application/x-www-form-urlencoded";

    public static async Task<string> WriteAsync(TestNode node)
    {
        var document = JsonNode.Parse(await node.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!.AsObject();
        var (written, paths, names) = (document["paths"]!.AsObject(), new JsonObject(), new HashSet<string>(StringComparer.Ordinal));
        var codes = (File.Exists(Responses.KeptCodes) ? File.ReadLines(Responses.KeptCodes) : []).Select(l => l.Split(' ')).ToLookup(l => $"{l[0]} {l[1]} {l[2]}", l => l[3], StringComparer.Ordinal);
        foreach (var endpoint in node.AuthEndpoints.OrderBy(e => e.RoutePattern.RawText, StringComparer.Ordinal).ThenBy(Responses.NameOf, StringComparer.Ordinal))
        {
            var (path, method) = (Parameter().Replace(endpoint.RoutePattern.RawText!, "{$1}"), endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]);
            var operation = written[path]![method.ToLowerInvariant()]!.DeepClone().AsObject();
            Complete(operation, endpoint, path, names, document, codes);
            (paths[path] ??= new JsonObject())[method.ToLowerInvariant()] = operation;
        }

        document["paths"] = paths;
        document["info"] = Parse("""{"title":"Accounts","version":"1","description":"Accounts, sessions and tokens on PostgreSQL. Refusals are problem+json; `code` stays, docs/problems.md says what each means.","contact":{"name":"The Sluice authors","url":"https://sluice.dev"},"license":{"name":"Apache-2.0","identifier":"Apache-2.0"}}""");
        document["servers"] = new JsonArray(new JsonObject { ["url"] = TestNode.Issuer });
        document["tags"] = Parse("""[{"name":"auth","description":"Accounts, sessions and tokens."}]""");
        document["components"]!["securitySchemes"] = Parse("""
            {"token":{"type":"http","scheme":"bearer","bearerFormat":"at+jwt","description":"An access token."},"client":{"type":"http","scheme":"basic","description":"A client and its secret."},
             "mail":{"type":"apiKey","in":"header","name":"Sluice-Mail-Secret","description":"Mail.BounceSecret of the options."}}
            """);
        Prune(document);
        return document.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }) + "\n";
    }

    private static void Complete(JsonObject operation, RouteEndpoint endpoint, string path, HashSet<string> names, JsonObject document, ILookup<string, string> codes)
    {
        var route = endpoint.Metadata.GetMetadata<RouteName>()!.Name;
        // Two paths have the same: the second is called after its last part.
        operation["operationId"] = names.Add(route) ? route : $"{route}-{path.Split('/')[^1]}";
        operation["description"] = string.Join(' ', new[] { operation["summary"]!.ToString(), ApiExamples.Condition(route) }.OfType<string>());
        var parameters = operation["parameters"]?.AsArray() ?? [];
        foreach (var name in Parameter().Matches(path).Select(m => m.Groups[1].Value).Where(n => !parameters.Any(p => p!["name"]!.ToString() == n)).ToList())
        {
            parameters.Add(Named(name, "path", ApiExamples.Of(name) ?? JsonValue.Create("text"), required: true));
        }

        foreach (var (name, at, example, isRequired) in ApiExamples.Parameters(route))
        {
            parameters.Add(Named(name, at, example, isRequired));
        }

        if (parameters is { Count: > 0, Parent: null })
        {
            operation["parameters"] = parameters;
        }

        if (operation["requestBody"]?["content"]?[Json] is JsonObject body)
        {
            body["example"] = ApiExamples.Bodies.TryGetValue(route, out var said) ? Parse(said) : ApiExamples.Of(body["schema"]!, document);
        }

        if (route == AuthRoutes.AdminImport)
        {
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { ["application/x-ndjson"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" }, ["example"] = ApiExamples.Bodies[route] } } };
        }

        if (ApiExamples.Forms.TryGetValue(route, out var form))
        {
            operation["requestBody"] ??= Parse("""{"required":true,"content":{}}""");
            operation["requestBody"]!["content"]![Form] = new JsonObject
            {
                ["schema"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(form.Select(m => KeyValuePair.Create<string, JsonNode?>(m.TrimEnd('*'), new JsonObject { ["type"] = "string" }))), ["required"] = new JsonArray([.. form.Where(m => m.EndsWith('*')).Select(m => JsonValue.Create(m.TrimEnd('*')))]) },
                ["example"] = ApiExamples.Bodies.TryGetValue(route, out var filled) ? Parse(filled) : new JsonObject(form.Select(m => KeyValuePair.Create(m.TrimEnd('*'), ApiExamples.Of(m.TrimEnd('*'))))),
            };
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (status, response) in operation["responses"]!.AsObject())
        {
            if (response!["content"]?[Json] is JsonObject answer)
            {
                answer["example"] = ApiExamples.Answers.TryGetValue((route, status), out var said) ? Parse(said) : ApiExamples.Of(answer["schema"]!, document);
            }

            if (response["content"]?["text/html"] is JsonObject page)
            {
                page["schema"] = new JsonObject { ["type"] = "string" };
                page["example"] = "<!doctype html>";
            }

            if (status.StartsWith('3') && status != "304")
            {
                response["headers"] = Parse("""{"Location":{"description":"Where the browser goes.","required":true,"schema":{"type":"string"}}}""");
            }

            foreach (var (_, other) in response["content"]?.AsObject().Where(c => c.Key is not (Json or ProblemJson or "text/html")) ?? [])
            {
                other!["schema"] = new JsonObject { ["type"] = "string" };
                other["example"] = "a line for each";
            }

            var kept = codes[$"{Responses.NameOf(endpoint)} {status}"].ToList();
            seen.UnionWith(kept);
            if (response["content"]?[ProblemJson] is JsonObject problem)
            {
                // What no test has seen is shown as most routes refuse with this status.
                kept = kept.Count > 0 ? kept : [ApiExamples.Usual(int.Parse(status, CultureInfo.InvariantCulture))];
                response["description"] = string.Join(", ", kept.Select(c => $"`{c}`"));
                problem["examples"] = new JsonObject(kept.Select(c => KeyValuePair.Create<string, JsonNode?>(c, new JsonObject { ["value"] = Refusal(c, int.Parse(status, CultureInfo.InvariantCulture), path, hasBody: operation["requestBody"] is not null) })));
            }
        }

        var scheme = seen.Contains("invalid_token") ? "token" : seen.Contains("invalid_mail_secret") ? "mail" : operation["responses"]!["401"]?["content"]?[Json] is not null ? "client" : null;
        operation["security"] = scheme is null ? [] : new JsonArray(new JsonObject { [scheme] = new JsonArray() });
    }

    private static JsonObject Refusal(string code, int status, string path, bool hasBody)
    {
        var said = Messages.TryGetValue(code, out var message) ? message : hasBody ? "The body is not the JSON that this route takes, at $." : "What stands behind the question mark is not what this route takes.";
        return new JsonObject
        {
            ["type"] = $"https://sluice.dev/problems/{code}", ["title"] = said, ["status"] = status, ["detail"] = said, ["instance"] = Parameter().Replace(path, m => (ApiExamples.Of(m.Groups[1].Value) ?? ApiExamples.Of("id")!).ToString()),
            ["traceId"] = "4bf92f3577b34da6a3ce929d0e0e4736", ["code"] = code, ["message"] = said, ["error_code"] = code,
        };
    }

    private static Dictionary<string, string> Messages { get; } = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/Sluice.Auth"), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal)).SelectMany(f => Message().Matches(File.ReadAllText(f)))
        .DistinctBy(m => m.Groups[1].Value).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value, StringComparer.Ordinal);

    private static JsonObject Named(string name, string at, JsonNode? example, bool required) =>
        new() { ["name"] = name, ["in"] = at, ["required"] = required, ["schema"] = new JsonObject { ["type"] = "string" }, ["example"] = example };

    // What only routes of the host's used.
    private static void Prune(JsonObject document)
    {
        var schemas = document["components"]!["schemas"]!.AsObject();
        for (var before = -1; before != schemas.Count;)
        {
            before = schemas.Count;
            var text = document.ToJsonString();
            foreach (var name in schemas.Select(s => s.Key).Where(n => !text.Contains($"#/components/schemas/{n}\"", StringComparison.Ordinal)).ToList())
            {
                schemas.Remove(name);
            }
        }
    }

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;

    [GeneratedRegex(@"\{([^}:?]*)[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\b[45]\d\d, ""([a-z_]+)"", ""([^""]+)""")]
    private static partial Regex Message();
}
