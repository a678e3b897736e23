using System.Security.Cryptography;
using System.Text;
using EventPlatform.Data;
using Sluice.EntityFrameworkCore.Ids;

namespace EventPlatform;

/// <summary>
/// The seed of a draw is an HMAC of the draw's id under the platform's secret: it stands nowhere before the draw, every node makes the same,
/// and nobody chooses it. Its hash is published when the draw is announced.
/// </summary>
internal sealed class DrawSeeds(IConfiguration configuration)
{
    private readonly byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(configuration["AUTH_SECRET"] ?? ""), 32, info: "event-platform draws"u8.ToArray());

    public Draw Open(Prize prize, int round)
    {
        var draw = new Draw { Id = Cuid.New(), RoomId = prize.RoomId, Prize = prize, Round = round };
        draw.Commitment = Lottery.Commitment(Of(draw.Id));
        return draw;
    }

    public byte[] Of(string drawId) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(drawId));
}
