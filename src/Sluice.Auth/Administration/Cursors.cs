using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Administration;

/// <summary>A place in a list: the last row that was shown. Sealed with the list and its filters, so that none is made up, or goes on elsewhere.</summary>
internal readonly record struct Place(DateTime At, string Id);

/// <summary>What clients are given of places.</summary>
internal sealed class Cursors(IOptions<SluiceAuthOptions> options)
{
    private const int Longest = 1280;
    private const int Overhead = 28;

    private readonly byte[] key = Sealed.Key(options.Value, "sluice cursor");

    public string Write(string list, Place place)
    {
        var open = new byte[8 + Encoding.UTF8.GetByteCount(place.Id)];
        BinaryPrimitives.WriteInt64BigEndian(open, place.At.Ticks);
        Encoding.UTF8.GetBytes(place.Id, open.AsSpan(8));
        return Base64Url.EncodeToString(Sealed.Seal(key, list, open));
    }

    /// <returns>Null for what is no cursor of this list.</returns>
    public Place? Read(string list, string text)
    {
        if (text.Length > Longest || !Base64Url.IsValid(text, out var length) || length <= Overhead + 8)
        {
            return null;
        }

        try
        {
            var open = Sealed.Open(key, list, Base64Url.DecodeFromChars(text));
            return new Place(new DateTime(BinaryPrimitives.ReadInt64BigEndian(open), DateTimeKind.Utc), Encoding.UTF8.GetString(open.AsSpan(8)));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
