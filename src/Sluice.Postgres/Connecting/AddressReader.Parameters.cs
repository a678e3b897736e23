using System.Globalization;
using System.Text;

namespace Sluice.Postgres.Connecting;

internal static partial class AddressReader
{
    private static readonly string[] TlsNames =
        ["sslmode", "sslaccept", "sslcert", "sslkey", "sslrootcert", "sslidentity", "sslpassword"];

    private static readonly string[] Understood =
        ["schema", "connect_timeout", "socket_timeout", "application_name", "options", "host", "port", .. TlsNames];

    private static DatabaseAddress WithParameters(DatabaseAddress address, Dictionary<string, string> parameters)
    {
        string? Read(string name) => parameters.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

        var connect = Read("connect_timeout") is { } seconds ? Number("connect_timeout", seconds, 0, 100_000) : (int?)null;
        var socket = Read("socket_timeout") is { } limit ? Number("socket_timeout", limit, 0, 1_000_000) : 0;
        return address with
        {
            Host = Read("host") ?? address.Host,
            Port = Read("port") is { } port ? Port(port) : address.Port,
            Schema = Read("schema") ?? address.Schema,
            SchemaIsExplicit = Read("schema") is not null,
            // 0 waits for ever in Prisma's form.
            ConnectTimeout = connect is { } wait ? TimeSpan.FromSeconds(wait == 0 ? 1024 : wait) : address.ConnectTimeout,
            SocketTimeout = socket == 0 ? null : TimeSpan.FromSeconds(socket),
            ApplicationName = Read("application_name") ?? address.ApplicationName,
            Options = Read("options"),
            Tls = Tls(parameters),
            OtherParameters = [.. parameters
                .Where(p => !Understood.Contains(p.Key))
                .OrderBy(p => p.Key, StringComparer.Ordinal)
                .Select(p => (p.Key, p.Value))],
        };
    }

    private static TlsSettings Tls(Dictionary<string, string> parameters)
    {
        string? Read(string name) => parameters.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

        var mode = Read("sslmode") ?? "prefer";
        if (mode is not ("disable" or "allow" or "prefer" or "require" or "verify-ca" or "verify-full"))
        {
            throw new ProblemException(new Problem(
                "P1013",
                $"The TLS mode is `{mode}`; it must be one of disable, allow, prefer, require, verify-ca, verify-full."));
        }

        var certificate = Read("sslcert");
        var key = Read("sslkey");

        // Prisma's `sslcert` is the authority's certificate; libpq's, which comes with an `sslkey`, is the client's own.
        return new TlsSettings(
            mode,
            Read("sslrootcert") ?? (key is null ? certificate : null),
            Read("sslidentity") ?? (key is null ? null : certificate),
            key,
            Read("sslpassword"),
            Read("sslaccept") is not "strict");
    }

    public static string Write(DatabaseAddress address, bool hidePassword)
    {
        var url = new StringBuilder("postgresql://");
        if (address.User is not null)
        {
            url.Append(Uri.EscapeDataString(address.User));
            if (address.Password is not null)
            {
                url.Append(':').Append(hidePassword ? "***" : Uri.EscapeDataString(address.Password));
            }

            url.Append('@');
        }

        var socket = address.Host.StartsWith('/');
        url.Append(socket ? "localhost" : address.Host.Contains(':', StringComparison.Ordinal) ? $"[{address.Host}]" : address.Host);
        url.Append(CultureInfo.InvariantCulture, $":{address.Port}/{Uri.EscapeDataString(address.Database)}");

        var separator = '?';
        foreach (var (name, value) in ParametersOf(address))
        {
            var shown = hidePassword && name.Contains("password", StringComparison.OrdinalIgnoreCase) ? "***" : Uri.EscapeDataString(value);
            url.Append(separator).Append(name).Append('=').Append(shown);
            separator = '&';
        }

        return url.ToString();
    }

    private static IEnumerable<(string Name, string Value)> ParametersOf(DatabaseAddress address)
    {
        if (address.Host.StartsWith('/'))
        {
            yield return ("host", address.Host);
        }

        if (address.SchemaIsExplicit)
        {
            yield return ("schema", address.Schema);
        }

        foreach (var pair in TlsParameters(address.Tls))
        {
            yield return pair;
        }

        if (address.Options is { } options)
        {
            yield return ("options", options);
        }

        foreach (var (name, value) in address.OtherParameters)
        {
            yield return (name, value);
        }
    }

    private static IEnumerable<(string Name, string Value)> TlsParameters(TlsSettings tls)
    {
        (string Name, string? Value)[] all =
        [
            ("sslmode", tls.Mode == "prefer" ? null : tls.Mode),
            ("sslaccept", tls.AcceptInvalid ? null : "strict"),
            ("sslrootcert", tls.RootCertificate),
            (tls.ClientKey is null ? "sslidentity" : "sslcert", tls.ClientCertificate),
            ("sslkey", tls.ClientKey),
            ("sslpassword", tls.ClientKeyPassword),
        ];
        return all.Where(p => p.Value is not null).Select(p => (p.Name, p.Value!));
    }
}
