using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;

namespace Sluice.Auth.Administration;

/// <summary>The audit log as a file: a line an event. That somebody took it is in the log before the first line is.</summary>
internal sealed class AuditExport(AuditListing listing, Announcer announcer)
{
    public static readonly string[] Formats = ["ndjson", "csv"];

    private const int FlushAt = 64 * 1024;
    private const string Header = "id,at,action,userId,sessionId,ip,userAgent,resource,resourceId,requestId,old,new\r\n";

    /// <summary>For the audit, before anything is written.</summary>
    public async Task TellAsync(AuditFilter filter, string format, Actor actor, CancellationToken cancellation)
    {
        var values = filter.Values;
        values["format"] = format;
        await announcer.TellAsync(new AuditEvent("audit_exported", "audit_log") { UserId = actor.UserId, SessionId = actor.SessionId, Client = actor.Client, New = values }, cancellation);
    }

    public async Task WriteAsync(AuditFilter filter, string format, PipeWriter to, CancellationToken cancellation)
    {
        if (format == "csv")
        {
            Encoding.UTF8.GetBytes(Header, to);
        }

        await foreach (var one in listing.ReadAsync(filter, cancellation))
        {
            Encoding.UTF8.GetBytes(format == "csv" ? Csv(one) : JsonSerializer.Serialize(one, AuditLineJson.Default.AuditView) + "\n", to);
            if (to.UnflushedBytes >= FlushAt)
            {
                await to.FlushAsync(cancellation);
            }
        }

        await to.FlushAsync(cancellation);
    }

    /// <summary>One value of a table: quoted, and never a formula of who reads it (CWE-1236).</summary>
    public static string Cell(string? text)
    {
        var isFormula = text?.TrimStart() is ['=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20', ..] || text is ['\t' or '\r' or '\n', ..];
        return $"\"{(isFormula ? "'" : "")}{text?.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Csv(AuditView one) => string.Join(',', new[]
    {
        one.Id, one.At.ToString("O", CultureInfo.InvariantCulture), one.Action, one.UserId, one.SessionId, one.Ip, one.UserAgent, one.Resource, one.ResourceId, one.RequestId,
        one.Old?.GetRawText(), one.New?.GetRawText(),
    }.Select(Cell)) + "\r\n";
}
