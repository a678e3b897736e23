using System.Text.RegularExpressions;

namespace Sluice.Postgres.Connecting;

/// <summary>The least that has to be granted when the server says that a right is missing.</summary>
internal static partial class MissingRight
{
    /// <param name="message">The server's, which alone says what the right is missing for. In another language it says nothing to us.</param>
    public static string Remedy(string message, DatabaseAddress address)
    {
        var user = address.User is { } role ? ServerConnection.Quote(role) : "<user>";
        var schema = ServerConnection.Quote(address.Schema);
        var match = Denied().Match(message);
        var (kind, name) = (match.Groups["kind"].Value, match.Groups["name"].Value);
        return kind switch
        {
            _ when match.Groups["owner"].Success =>
                $"Only its owner may do that: connect as the owner of the {kind} {ServerConnection.Quote(name)}, or ask the owner: GRANT <owner> TO {user};",
            "table" => $"GRANT SELECT, INSERT, UPDATE ON {schema}.{ServerConnection.Quote(name)} TO {user};",
            "sequence" => $"GRANT USAGE ON SEQUENCE {schema}.{ServerConnection.Quote(name)} TO {user};",
            "schema" => $"GRANT USAGE, CREATE ON SCHEMA {ServerConnection.Quote(name)} TO {user};",
            "database" => $"GRANT CREATE ON DATABASE {ServerConnection.Quote(name)} TO {user};",
            _ => $"Let the owner of what the server names grant the right to {user}, or connect as the owner.",
        };
    }

    [GeneratedRegex("^(permission denied for|(?<owner>must be owner of)) (?<kind>[a-z]+) (?<name>.+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Denied();
}
