using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Auth.Links;

/// <summary>What our own pages send. Another site may send it, too, and gains nothing: what counts is the token, and no cookie is read.</summary>
internal sealed record LinkForm(string Token, string NewPassword)
{
    private const int LargestForm = 16 * 1024;

    /// <returns>Null when the body is no form.</returns>
    public static async Task<LinkForm?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) is not true)
        {
            return null;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LargestForm;
        }

        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return new LinkForm(form["token"].ToString(), form["newPassword"].ToString());
        }
        catch (Exception broken) when (broken is InvalidDataException or BadHttpRequestException)
        {
            return new LinkForm("", "");
        }
    }
}
