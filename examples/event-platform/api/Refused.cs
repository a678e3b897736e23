using Microsoft.AspNetCore.Http.HttpResults;

namespace EventPlatform;

/// <summary>Refusals as problem+json with a code that stays.</summary>
internal static class Refused
{
    public static ProblemHttpResult NotFound(string what) => Because(StatusCodes.Status404NotFound, $"{what}_not_found", $"There is no such {what}.");

    public static ProblemHttpResult Forbidden(string why) => Because(StatusCodes.Status403Forbidden, "forbidden", why);

    public static ProblemHttpResult Conflict(string code, string why) => Because(StatusCodes.Status409Conflict, code, why);

    public static ProblemHttpResult Invalid(string code, string why) => Because(StatusCodes.Status422UnprocessableEntity, code, why);

    public static ProblemHttpResult Because(int status, string code, string why) =>
        TypedResults.Problem(statusCode: status, title: why, extensions: new Dictionary<string, object?> { ["code"] = code });
}
