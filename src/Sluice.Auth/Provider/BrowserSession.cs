using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Provider;

/// <summary>The session that a browser has on our own pages, so that its user signs in once for many clients. Its cookie opens no other route.</summary>
internal sealed class BrowserSession(AuthDatabase database, IOptions<SluiceAuthOptions> options)
{
    public const string Cookie = "__Host-sluice-session";

    private static readonly TimeSpan Noted = TimeSpan.FromMinutes(1);

    private readonly string find = database.Names.Sql($$"""
        SELECT s.{sessions.id}::text, s.{sessions.createdAt}, s.{sessions.expiresAt}, s.{sessions.aal}, s.{sessions.amr}, {{SessionStore.OwnerAs("u")}}, {{SessionStore.HasFactor}}
        FROM {sessions} s JOIN {users} u ON u.{users.id} = s.{sessions.userId}
        WHERE s.{sessions.refreshToken} = $1 AND s.{sessions.expiresAt} > $2 AND s.{sessions.lastUsedAt} > $3 AND {{AdmissionSql.Account(database, "u")}} AND u.{users.deletedAt} IS NULL
        """);

    private readonly string use = database.Names.Sql("UPDATE {sessions} SET {sessions.lastUsedAt} = $2 WHERE {sessions.id} = $1::{id} AND {sessions.lastUsedAt} < $3");

    /// <returns>Null for a browser that is not signed in.</returns>
    public Task<SignedInBrowser?> FindAsync(HttpContext context) => FindAsync(context, context.Request.Cookies[Cookie] ?? "");

    public async Task<SignedInBrowser?> FindAsync(HttpContext context, string token)
    {
        if (!RandomToken.IsOne(token))
        {
            return null;
        }

        await using var command = database.Command(find, RefreshToken.Hash(token, IssuedTo.Browser.ClientId), database.Now, database.Now - options.Value.Sessions.IdleLifetime);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        return await reader.ReadAsync(context.RequestAborted)
            ? new SignedInBrowser(reader.GetString(0), reader.Utc(1), reader.Utc(2), new Assurance(reader.GetString(3), reader.GetString(4)), SessionStore.UserOf(reader, 5)) { HasFactor = reader.GetBoolean(11) }
            : null;
    }

    /// <summary>It is used by being asked for codes; written once a minute at most.</summary>
    public NpgsqlBatchCommand Using(string sessionId) => AuthDatabase.InBatch(use, sessionId, database.Now, database.Now - Noted);

    /// <summary>Lax: a client leads here from its own site.</summary>
    public void Keep(HttpResponse response, string token) => Write(response, token, options.Value.Sessions.AbsoluteLifetime);

    public static void Drop(HttpResponse response) => Write(response, "", TimeSpan.Zero);

    private static void Write(HttpResponse response, string token, TimeSpan age) =>
        response.Cookies.Append(Cookie, token, new CookieOptions { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = age });
}

/// <param name="Since">When its user showed who they are.</param>
internal sealed record SignedInBrowser(string Id, DateTime Since, DateTime Until, Assurance Assurance, UserView User)
{
    /// <summary>Whether its user has a second factor, shown or not.</summary>
    public bool HasFactor { get; init; }
}
