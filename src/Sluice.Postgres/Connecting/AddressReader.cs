using System.Collections.Immutable;
using System.Globalization;

namespace Sluice.Postgres.Connecting;

/// <summary>Addresses from text. By hand rather than by <see cref="Uri"/>, whose messages repeat the password.</summary>
internal static partial class AddressReader
{
    public static DatabaseAddress FromUrl(string url)
    {
        // Secrets often come with a line break at the end.
        url = url.Trim();
        if (url is ['"' or '\'' or '`', ..])
        {
            throw Wrong("it stands in quotes; take them away");
        }

        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || url[..scheme] is not ("postgresql" or "postgres"))
        {
            throw Wrong("it must start with `postgresql://` or `postgres://`");
        }

        var rest = url[(scheme + 3)..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var parameters = question < 0 ? [] : Parameters(rest[(question + 1)..]);
        var path = question < 0 ? rest : rest[..question];

        // The last `@` ends the credentials, so that a password may hold a bare one.
        var at = path.LastIndexOf('@');
        var (user, password) = at < 0 ? (null, null) : Credentials(path[..at]);
        var place = path[(at + 1)..];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var (host, port) = HostAndPort(slash < 0 ? place : place[..slash]);
        var database = slash < 0 ? "" : Decode(place[(slash + 1)..]);

        var address = new DatabaseAddress
        {
            Host = host.Length == 0 ? "localhost" : host,
            Port = port ?? 5432,
            Database = database.Length == 0 ? "postgres" : database,
            User = user,
            Password = password,
        };
        return WithParameters(address, parameters);
    }

    public static DatabaseAddress? FromVariables(Func<string, string?> variable)
    {
        string? Read(string name) => variable(name) is { Length: > 0 } value ? value : null;

        var host = Read("DB_HOST");
        var name = Read("DB_NAME");
        if (host is null && name is null)
        {
            return null;
        }

        var address = new DatabaseAddress
        {
            Host = host ?? "localhost",
            Port = Read("DB_PORT") is { } port ? Number("DB_PORT", port, 1, 65535) : 5432,
            Database = name ?? throw new ProblemException(new Problem("P1012", "`DB_HOST` is set and `DB_NAME` is not: which database?")),
            User = Read("DB_USER"),
            Password = Read("DB_PASSWORD"),
        };
        return Read("DB_SSL_MODE") is { } mode ? address with { Tls = Tls(new() { ["sslmode"] = mode }) } : address;
    }

    public static DatabaseAddress WithLimits(DatabaseAddress address, Func<string, string?> variable)
    {
        int? Read(string name, int maximum) => variable(name) is { Length: > 0 } value ? Number(name, value, 0, maximum) : null;

        var timeout = Read("DB_CONNECTION_TIMEOUT_MS", 1_000_000);
        var retries = Read("DB_MAX_RETRIES", 100);
        var delay = Read("DB_RETRY_DELAY_MS", 600_000);
        var pool = new PoolSize(Read("DB_POOL_MIN", 1000) ?? address.Pool.Minimum, Read("DB_POOL_MAX", 1000) ?? address.Pool.Maximum);
        if (pool.Maximum < 1 || pool.Minimum > pool.Maximum)
        {
            throw new ProblemException(new Problem("P1013", string.Create(
                CultureInfo.InvariantCulture,
                $"A pool of {pool.Minimum} (`DB_POOL_MIN`) to {pool.Maximum} (`DB_POOL_MAX`) connections cannot be.")));
        }

        return address with
        {
            Pool = pool,
            ConnectTimeout = timeout is { } ms ? TimeSpan.FromMilliseconds(ms) : address.ConnectTimeout,
            Retry = new RetryPolicy(
                retries ?? address.Retry.MaxRetries,
                delay is { } pause ? TimeSpan.FromMilliseconds(pause) : address.Retry.Delay),
        };
    }

    private static (string? User, string? Password) Credentials(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (Decode(text), null) : (Decode(text[..colon]), Decode(text[(colon + 1)..]));
    }

    private static (string Host, int? Port) HostAndPort(string text)
    {
        var colon = text.LastIndexOf(':');
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0)
            {
                throw Wrong("the address in brackets is not closed");
            }

            return (text[1..close], colon > close ? Port(text[(colon + 1)..]) : null);
        }

        return colon < 0 ? (Decode(text), null) : (Decode(text[..colon]), Port(text[(colon + 1)..]));
    }

    // The text is not repeated: with an unescaped `/` in the password this is a piece of it.
    private static int Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : throw Wrong("the port after the host is not a number between 1 and 65535");

    private static Dictionary<string, string> Parameters(string query)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            found[Decode(name)] = equals < 0 ? "" : Decode(pair[(equals + 1)..].Replace('+', ' '));
        }

        return found;
    }

    private static int Number(string name, string text, int minimum, int maximum) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? value
            : throw new ProblemException(new Problem("P1013", string.Create(
                CultureInfo.InvariantCulture,
                $"`{name}` is `{text}`; it must be a whole number between {minimum} and {maximum}.")));

    private static string Decode(string text) => Uri.UnescapeDataString(text);

    private static ProblemException Wrong(string what) => new(new Problem("P1013", $"The provided database string is invalid: {what}.")
    {
        Remedies =
        [
            "Write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE?schema=public",
            "In the user name and password write each of / ? # @ : % percent-encoded (for example %40 for @).",
        ],
    });
}
