using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Auth.AllowList;

namespace Sluice.Auth;

/// <summary>`allowlist list`, `add ENTRY [REASON]`, `invite EMAIL [REASON]`, `remove ENTRY [--force]`, `enforce [--force]`; with `--json` one object a line.</summary>
internal static class AllowListCommands
{
    private const int Page = 1000;

    public static Task<int> RunAsync(AllowListAdministration list, IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellation)
    {
        var isJson = arguments.Contains("--json");
        return arguments.Where(a => a != "--json").ToArray() switch
        {
            ["allowlist", "list"] => ListAsync(list, isJson, output, cancellation),
            ["allowlist", "add", var entry] => AddAsync(list, entry, null, isJson, output, cancellation),
            ["allowlist", "add", var entry, var reason] => AddAsync(list, entry, reason, isJson, output, cancellation),
            ["allowlist", "remove", var entry] => RemoveAsync(list, entry, false, isJson, output, cancellation),
            ["allowlist", "remove", var entry, "--force"] => RemoveAsync(list, entry, true, isJson, output, cancellation),
            ["allowlist", "invite", var email] => InviteAsync(list, email, null, isJson, output, cancellation),
            ["allowlist", "invite", var email, var reason] => InviteAsync(list, email, reason, isJson, output, cancellation),
            ["allowlist", "enforce"] => EnforceAsync(list, false, isJson, output, cancellation),
            ["allowlist", "enforce", "--force"] => EnforceAsync(list, true, isJson, output, cancellation),
            _ => AuthCommands.RefuseAsync(output),
        };
    }

    private static async Task<int> ListAsync(AllowListAdministration list, bool isJson, TextWriter output, CancellationToken cancellation)
    {
        IReadOnlyList<AllowedEntry> page;
        for (string? after = null; (page = await list.ListAsync(after, Page, cancellation)).Count > 0; after = page[^1].Entry)
        {
            foreach (var entry in page)
            {
                await output.WriteLineAsync(isJson
                    ? JsonSerializer.Serialize(entry, AllowListJson.Default.AllowedEntry)
                    : $"{entry.Entry}  {entry.AddedAt.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}  {entry.AddedBy ?? "command line"}  {entry.Reason}".TrimEnd());
            }
        }

        if (!isJson && !list.IsOn)
        {
            await output.WriteLineAsync("The list is off: everybody may have an account. Set AllowList.Enabled.");
        }

        return 0;
    }

    private static async Task<int> AddAsync(AllowListAdministration list, string entry, string? reason, bool isJson, TextWriter output, CancellationToken cancellation) =>
        await list.AllowAsync(entry, reason, cancellation: cancellation) switch
        {
            null => await SayAsync(output, isJson, new("failed"), $"`{entry}` is neither an address (ada@example.com) nor a domain (@example.com), or the reason is longer than {AllowListAdministration.LongestReason} characters."),
            true => await SayAsync(output, isJson, new("ok") { Changed = true }, $"{entry}: allowed"),
            false => await SayAsync(output, isJson, new("ok") { Changed = false }, $"{entry}: was allowed before"),
        };

    private static async Task<int> InviteAsync(AllowListAdministration list, string email, string? reason, bool isJson, TextWriter output, CancellationToken cancellation) =>
        await list.InviteAsync(email, reason, cancellation: cancellation) switch
        {
            Invitation.Sent => await SayAsync(output, isJson, new("ok"), $"{email}: invited; the mail is on its way"),
            Invitation.HasAccount => await SayAsync(output, isJson, new("failed") { Reason = "has_account" }, $"{email} has an account. To allow it: allowlist add {email}"),
            Invitation.NoMail => await SayAsync(output, isJson, new("failed") { Reason = "no_mail" }, "No mail can be sent. Set Mail.Smtp.Host, or Mail.Folder."),
            _ => await SayAsync(output, isJson, new("failed") { Reason = "no_address" }, $"`{email}` is no address, or the reason is longer than {AllowListAdministration.LongestReason} characters."),
        };

    private static Task<int> RemoveAsync(AllowListAdministration list, string entry, bool force, bool isJson, TextWriter output, CancellationToken cancellation) => UnlessLastAsync(isJson, output, async () =>
        await list.RemoveAsync(entry, by: null, force, cancellation) is { } ended
            ? await SayAsync(output, isJson, new("ok") { Changed = true, SessionsEnded = ended }, $"{entry}: not allowed by itself any more; sessions that ended: {ended}")
            : await SayAsync(output, isJson, new("failed"), $"{entry} is not on the list."));

    private static Task<int> EnforceAsync(AllowListAdministration list, bool force, bool isJson, TextWriter output, CancellationToken cancellation) => UnlessLastAsync(isJson, output, async () =>
    {
        var ended = await list.EnforceAsync(by: null, force, cancellation);
        return await SayAsync(output, isJson, new("ok") { SessionsEnded = ended }, $"Sessions that ended: {ended}");
    });

    private static async Task<int> UnlessLastAsync(bool isJson, TextWriter output, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (InvalidOperationException last) when (last.Message == AllowListAdministration.LastOne)
        {
            return await SayAsync(output, isJson, new("failed") { Reason = "last_administrator" }, $"{last.Message} Nothing was done; --force does it all the same.");
        }
    }

    private static async Task<int> SayAsync(TextWriter output, bool isJson, AllowListResult result, string said)
    {
        await output.WriteLineAsync(isJson ? JsonSerializer.Serialize(result, AllowListJson.Default.AllowListResult) : said);
        return result.Outcome == "ok" ? 0 : 1;
    }
}

/// <summary>What a command has done, for programs.</summary>
internal sealed record AllowListResult(string Outcome)
{
    public string? Reason { get; init; }

    public bool? Changed { get; init; }

    public int? SessionsEnded { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AllowedEntry))]
[JsonSerializable(typeof(AllowListResult))]
internal sealed partial class AllowListJson : JsonSerializerContext;
