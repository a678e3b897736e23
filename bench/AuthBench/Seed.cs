using Npgsql;
using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Microsoft.Extensions.Options;

namespace Sluice.Bench.Auth;

/// <summary>Accounts, sessions and a denylist as a service of some size has them; the tokens go into files for the load generator.</summary>
internal static class Seed
{
    private const int Sessions = 1000;
    private const int Revoked = 10_000;

    /// <summary>Twice as many as a node remembers.</summary>
    private const int Many = 1 << 15;

    public static async Task WriteAsync(IServiceProvider services, string folder)
    {
        var database = services.GetRequiredService<AuthDatabase>();
        var writer = services.GetRequiredService<TokenWriter>();
        var hash = PasswordHash.Make(Field.Password, services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Passwords);
        var (users, sessions) = (Ids(), Ids());
        var access = users.Zip(sessions, (user, session) => Token(user, session)).ToList();
        var before = users.Select(_ => Guid.NewGuid().ToString("N")).ToArray();
        await RunAsync("""
            INSERT INTO users (id, email, "passwordHash", "emailVerified", "createdAt", "updatedAt")
            SELECT id, 'user' || i - 1 || '@example.com', $2, now(), now(), now() FROM unnest($1::uuid[]) WITH ORDINALITY u (id, i)
            """, users, hash);
        await RunAsync("""
            INSERT INTO sessions (id, "userId", "refreshToken", "expiresAt", "lastUsedAt", "createdAt")
            SELECT s.id, u.id, 'seed' || i, now() + interval '1 day', now(), now() FROM unnest($1::uuid[]) WITH ORDINALITY u (id, i) JOIN unnest($2::uuid[]) WITH ORDINALITY s (id, i) USING (i)
            """, users, sessions);
        await RunAsync("""
            INSERT INTO token_blacklist (id, "tokenHash", "expiresAt", "userId", reason, "revokedAt")
            SELECT gen_random_uuid(), encode(sha256(i::text::bytea), 'hex'), now() + interval '1 hour', gen_random_uuid(), 'logout', now() FROM generate_series(1, $1) i
            """, Revoked);
        await RunAsync("CREATE TABLE before_users (id text PRIMARY KEY, email text NOT NULL UNIQUE, name text, role text NOT NULL)");
        await RunAsync("""
            CREATE TABLE before_sessions (id text PRIMARY KEY, "userId" text NOT NULL REFERENCES before_users, "accessToken" text NOT NULL UNIQUE, "refreshToken" text NOT NULL UNIQUE, "expiresAt" timestamptz NOT NULL)
            """);
        await RunAsync("INSERT INTO before_users SELECT 'u' || i, 'user' || i || '@example.com', 'User ' || i, 'user' FROM generate_series(1, $1) i", Sessions);
        await RunAsync("INSERT INTO before_sessions SELECT 's' || i, 'u' || i, token, 'r' || i, now() + interval '1 day' FROM unnest($1::text[]) WITH ORDINALITY t (token, i)", (object)before);
        await RunAsync("ANALYZE");
        await File.WriteAllLinesAsync(Path.Combine(folder, "access"), access);
        await File.WriteAllLinesAsync(Path.Combine(folder, "before"), before);
        await File.WriteAllLinesAsync(Path.Combine(folder, "many"), Enumerable.Range(0, Many).Select(i => Token(users[i % Sessions], sessions[i % Sessions])));

        string Token(Guid user, Guid session) => writer.Write(user.ToString(), session.ToString(), new HeldRoles("user"), Assurance.Password, DateTimeOffset.UtcNow.AddDays(1)).Text;

        async Task RunAsync(string sql, params object[] values)
        {
            await using var command = database.Source.CreateCommand(sql);
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await command.ExecuteNonQueryAsync();
        }
    }

    private static Guid[] Ids() => [.. Enumerable.Range(0, Sessions).Select(_ => Guid.CreateVersion7())];
}
