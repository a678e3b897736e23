using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Administration;

/// <param name="User">Whom it is about, or who did it.</param>
/// <param name="Actor">Who did it.</param>
internal sealed record AuditFilter(string? User, string? Actor, string? Action, string? Ip, string? RequestId, DateTime? Since, DateTime? Until)
{
    /// <summary>What its cursors are bound to, and what is said of an export.</summary>
    public JsonObject Values => new()
    {
        ["user"] = User, ["actor"] = Actor, ["action"] = Action, ["ip"] = Ip, ["requestId"] = RequestId, ["since"] = Since, ["until"] = Until,
    };

    public string List => "audit\n" + Values.ToJsonString();
}

/// <summary>The audit log for administrators, the newest first.</summary>
internal sealed class AuditListing(AuthDatabase database)
{
    // Each page is a statement of its own: however long a reader takes, it holds no connection and no snapshot.
    private const int Page = 1000;

    private const string Columns = """
        SELECT {audit_logs.id}::text, {audit_logs.createdAt}, {audit_logs.action}, {audit_logs.userId}::text, {audit_logs.sessionId}::text, {audit_logs.ipAddress>}, {audit_logs.userAgent},
          {audit_logs.resource}, {audit_logs.resourceId}, {audit_logs.oldValues}::text, {audit_logs.newValues}::text, {audit_logs.requestId} FROM {audit_logs} WHERE true
        """;

    public async Task<List<AuditView>> ListAsync(AuditFilter filter, Place? after, int most, CancellationToken cancellation)
    {
        await using var command = database.Command(
            database.Names.Sql(Sql(filter, after is not null)),
            filter.User, filter.Actor, filter.Action, filter.Ip, filter.RequestId, (object?)filter.Since ?? "", (object?)filter.Until ?? "", (object?)after?.At ?? "", after?.Id, most);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var events = new List<AuditView>(most);
        while (await reader.ReadAsync(cancellation))
        {
            events.Add(new AuditView(
                reader.GetString(0), reader.Utc(1), reader.GetString(2), reader.TextOrNull(3), reader.TextOrNull(4), reader.TextOrNull(5), reader.TextOrNull(6), reader.GetString(7), reader.TextOrNull(8),
                Json(reader.TextOrNull(9)), Json(reader.TextOrNull(10)), reader.TextOrNull(11)));
        }

        return events;
    }

    /// <summary>All of them, of which never more than a page is held.</summary>
    public async IAsyncEnumerable<AuditView> ReadAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Place? after = null;
        List<AuditView> page;
        do
        {
            page = await ListAsync(filter, after, Page, cancellation);
            foreach (var one in page)
            {
                yield return one;
                after = new Place(one.At.UtcDateTime, one.Id);
            }
        }
        while (page.Count == Page);
    }

    /// <summary>The statement of a list, with the names of the schema.</summary>
    public static string Sql(AuditFilter filter, bool goesOn) => Columns
        + (filter.User is null ? "" : " AND ({audit_logs.userId} = $1::{id} OR {audit_logs.resourceId} = $1::text)")
        + (filter.Actor is null ? "" : " AND {audit_logs.userId} = $2::{id}")
        + (filter.Action is null ? "" : " AND {audit_logs.action} = $3")
        + (filter.Ip is null ? "" : " AND {audit_logs.ipAddress} = {audit_logs.ipAddress<$4}")
        + (filter.RequestId is null ? "" : " AND {audit_logs.requestId} = $5")
        + (filter.Since is null ? "" : " AND {audit_logs.createdAt} >= $6")
        + (filter.Until is null ? "" : " AND {audit_logs.createdAt} < $7")
        + (goesOn ? " AND ({audit_logs.createdAt}, {audit_logs.id}) < ($8, $9::{id})" : "")
        + " ORDER BY {audit_logs.createdAt} DESC, {audit_logs.id} DESC LIMIT $10";

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}
