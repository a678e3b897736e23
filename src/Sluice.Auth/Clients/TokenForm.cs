using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Auth.Web;

namespace Sluice.Auth.Clients;

/// <summary>The form of a request about a token: each name once (RFC 6749, 3.2), and no larger than ours can be.</summary>
internal static class TokenForm
{
    private const int LargestBody = 1 << 14;
    private const int MostNames = 16;

    /// <returns>Null for what is no such form; <see cref="Asked.IsForm"/> says whether it is one at all.</returns>
    public static async Task<IReadOnlyDictionary<string, string>?> ReadAsync(HttpContext context)
    {
        if (!Asked.IsForm(context.Request))
        {
            return null;
        }

        Asked.LimitBody(context, LargestBody);
        try
        {
            var form = await new FormFeature(context.Request, new FormOptions { ValueCountLimit = MostNames, BufferBodyLengthLimit = LargestBody }).ReadFormAsync(context.RequestAborted);
            return form.All(f => f.Value.Count == 1) ? form.ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal) : null;
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }
}
