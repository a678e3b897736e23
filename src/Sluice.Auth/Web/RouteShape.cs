namespace Sluice.Auth.Web;

/// <summary>What a route takes and answers with, for documents of the API.</summary>
/// <param name="Handler">The method that answers.</param>
internal sealed record RouteShape(string Summary, Delegate Handler)
{
    /// <summary>The body as JSON.</summary>
    public Type? Takes { get; init; }

    /// <summary>A status without a type has no body.</summary>
    public IReadOnlyList<(int Status, Type? Type)> Answers { get; init; } = [];

    /// <summary>Answered with a page to who sends a form, or opens a link.</summary>
    public IReadOnlyList<int> Pages { get; init; } = [];

    /// <summary>The types of what is answered as a file.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Answered with problem+json, besides those of every route that takes a body, sets the cookie, or runs once for a key.</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [];
}

/// <summary>On an endpoint: its name in <see cref="Settings.AuthRoutes"/>.</summary>
internal sealed record RouteName(string Name);
