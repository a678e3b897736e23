namespace Sluice.Auth.Tokens;

/// <summary>
/// Of each ECDSA signature (r, s) anybody can make another, (r, n - s), and a token would have a twin of another hash, which a
/// revocation by hash does not find. One of the two counts: that with the smaller s.
/// </summary>
internal static class LowS
{
    private const int Half = 32;

    private static readonly byte[] Order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
    private static readonly byte[] HalfOrder = Convert.FromHexString("7FFFFFFF800000007FFFFFFFFFFFFFFFDE737D56D38BCF4279DCE5617E3192A8");

    public static bool Is(ReadOnlySpan<byte> signature) => signature.Length == 2 * Half && signature[Half..].SequenceCompareTo(HalfOrder) <= 0;

    public static byte[] Of(byte[] signature)
    {
        if (Is(signature))
        {
            return signature;
        }

        for (var (i, borrow) = (Half - 1, 0); i >= 0; i--)
        {
            var digit = Order[i] - signature[Half + i] - borrow;
            borrow = digit < 0 ? 1 : 0;
            signature[Half + i] = (byte)digit;
        }

        return signature;
    }
}
