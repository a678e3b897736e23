using Npgsql;
using Sluice.Auth.Accounts;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;
using Microsoft.Extensions.Options;

namespace Sluice.Bench.Auth;

/// <summary>Accounts, sessions and a denylist as a service of some size has them; the tokens go into files for the load generator.</summary>
internal static class Seed
{
    private const int Sessions = 1000;
    private const int Revoked = 10_000;

    public static async Task WriteAsync(IServiceProvider services, string folder)
    {
        var database = services.GetRequiredService<AuthDatabase>();
        var accounts = services.GetRequiredService<AccountStore>();
        var issuer = services.GetRequiredService<SessionIssuer>();
        var hash = PasswordHash.Make(Field.Password, services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Passwords);
        var here = new Client("127.0.0.1", "bench", "seed");
        List<string> access = [], refresh = [], before = [];
        for (var i = 0; i < Sessions; i++)
        {
            var (id, email) = (database.NewId(), $"user{i}@example.com");
            var role = await accounts.AddAsync(id, email, null, null, hash, CancellationToken.None) ?? throw new InvalidOperationException("the database is not new");
            var begun = await issuer.BeginAsync(new UserView(id, email, null, null, role, false), hash, null, here, [], CancellationToken.None);
            access.Add(begun!.Tokens.AccessToken);
            refresh.Add(begun.Tokens.RefreshToken);
            before.Add(RefreshToken.New());
        }

        await using var command = database.Source.CreateCommand($"""
            INSERT INTO token_blacklist (id, "tokenHash", "expiresAt", "userId", reason, "revokedAt")
            SELECT gen_random_uuid(), encode(sha256(i::text::bytea), 'hex'), now() + interval '1 hour', gen_random_uuid(), 'logout', now() FROM generate_series(1, {Revoked}) i;
            CREATE TABLE before_users (id text PRIMARY KEY, email text NOT NULL UNIQUE, name text, role text NOT NULL);
            CREATE TABLE before_sessions (id text PRIMARY KEY, "userId" text NOT NULL REFERENCES before_users, "accessToken" text NOT NULL UNIQUE, "refreshToken" text NOT NULL UNIQUE, "expiresAt" timestamptz NOT NULL);
            INSERT INTO before_users SELECT 'u' || i, 'user' || i || '@example.com', 'User ' || i, 'user' FROM generate_series(1, {Sessions}) i;
            """);
        await command.ExecuteNonQueryAsync();
        await using var sessions = database.Source.CreateCommand("""
            INSERT INTO before_sessions SELECT 's' || i, 'u' || i, token, 'r' || i, now() + interval '1 day' FROM unnest($1::text[]) WITH ORDINALITY t (token, i);
            """);
        sessions.Parameters.Add(new NpgsqlParameter { Value = before.ToArray() });
        await sessions.ExecuteNonQueryAsync();
        await using var analyze = database.Source.CreateCommand("ANALYZE");
        await analyze.ExecuteNonQueryAsync();
        await File.WriteAllLinesAsync(Path.Combine(folder, "access"), access);
        await File.WriteAllLinesAsync(Path.Combine(folder, "refresh"), refresh);
        await File.WriteAllLinesAsync(Path.Combine(folder, "before"), before);
    }
}
