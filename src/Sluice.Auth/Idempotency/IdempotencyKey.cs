using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Primitives;

namespace Sluice.Auth.Idempotency;

/// <summary>The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header-07) and what else tells requests apart.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    private const int Longest = 255;

    /// <summary>The key, with the quotes of the draft or, as many clients send it, without; null where it is no key.</summary>
    public static string? Read(StringValues header)
    {
        if (header is not [{ } text])
        {
            return null;
        }

        var key = text is ['"', .., '"'] and not "\"" ? text[1..^1] : text;
        return key.Length is > 0 and <= Longest && key.All(c => c is > ' ' and < (char)127 and not ('"' or '\\' or ',')) ? key : null;
    }

    /// <summary>The scope is the caller: keys of two users never meet, nor those of one user at two routes.</summary>
    public static RequestKey Of(HttpContext context, string key, ReadOnlySpan<byte> body)
    {
        var request = context.Request;
        var user = context.User.FindFirstValue("sub") ?? context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        var organization = context.User.FindFirstValue("org");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.GetEncodedPathAndQuery()}\n{request.ContentType}\n"));
        hash.AppendData(body);
        return new RequestKey(
            user is null ? $"-:{key}" : $"{organization}/{user}:{key}",
            $"{request.Method} {request.PathBase}{request.Path}",
            Convert.ToHexStringLower(hash.GetHashAndReset()),
            user,
            organization,
            context.Connection.RemoteIpAddress?.ToString());
    }
}
