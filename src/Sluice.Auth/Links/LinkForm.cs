using Microsoft.AspNetCore.Http;
using Sluice.Auth.Web;

namespace Sluice.Auth.Links;

/// <summary>What our own pages send. Another site may send it, too, and gains nothing: what counts is the token, and no cookie is read.</summary>
internal sealed record LinkForm(string Token, string NewPassword, string Username = "", string DisplayName = "", bool NotMine = false)
{
    private const int LargestForm = 16 * 1024;

    /// <returns>Null when the body is no form.</returns>
    public static async Task<LinkForm?> ReadAsync(HttpContext context)
    {
        if (!Asked.IsForm(context.Request))
        {
            return null;
        }

        Asked.LimitBody(context, LargestForm);
        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return new LinkForm(form["token"].ToString(), form["newPassword"].ToString(), form["username"].ToString(), form["displayName"].ToString(), form.ContainsKey("notMine"));
        }
        catch (Exception broken) when (broken is InvalidDataException or BadHttpRequestException)
        {
            return new LinkForm("", "");
        }
    }
}
