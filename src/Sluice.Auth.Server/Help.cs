namespace Sluice.Auth.Server;

/// <summary>What `--help` says.</summary>
internal static class Help
{
    public static string Text { get; } = $"""
        sluice-auth: accounts, sessions and tokens on PostgreSQL.

        Without a command it serves: /auth/v1 (routes), /.well-known (keys), /health/live and /health/ready, /openapi/v1.json, and /metrics where SluiceAuth__Metrics is true.

        Commands, with the same settings as the server:
        {AuthCommands.Usage}

        Settings that it needs, as variables:
        DATABASE_URL                postgresql://user:password@host:5432/app
        SluiceAuth__Issuer          its own address as clients see it: https://auth.example.com
        SluiceAuth__Audience        who accepts the tokens: https://api.example.com
        SluiceAuth__Secret          seals what is stored: `openssl rand -base64 32`, the same on every node

        Settings that many want:
        ASPNETCORE_URLS             where it listens: http://0.0.0.0:8080
        SluiceAuth__MigrateOnStart  true: makes its tables at start, for development
        DB_POOL_MIN, DB_POOL_MAX, DB_CONNECTION_TIMEOUT_MS, DB_MAX_RETRIES, DB_RETRY_DELAY_MS
        JWT_SECRET                  with SluiceAuth__Tokens__Algorithm=HS256
        OTEL_EXPORTER_OTLP_ENDPOINT metrics and traces go there
        Logging__LogLevel__Default  Warning says less, Debug more

        Every other setting is SluiceAuth__… by the name of its option; docs/auth-options.md lists them.
        """;
}
