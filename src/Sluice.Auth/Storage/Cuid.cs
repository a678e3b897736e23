using System.Security.Cryptography;

namespace Sluice.Auth.Storage;

/// <summary>Ids in the form of cuid(): `c`, eight digits of time in base 36, sixteen at random, where the original counts and names its machine.</summary>
internal static class Cuid
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    public static string New(DateTimeOffset now) => string.Create(25, now.ToUnixTimeMilliseconds(), static (text, time) =>
    {
        RandomNumberGenerator.GetItems<char>(Digits, text);
        text[0] = 'c';
        for (var i = 8; i > 0; i--, time /= 36)
        {
            text[i] = Digits[(int)(time % 36)];
        }
    });
}
