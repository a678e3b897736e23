using System.Globalization;
using System.Text;

namespace Sluice.Auth.Redis;

/// <summary>Reads replies in RESP2. Whoever is at the other end: none of them is longer, deeper or larger than ours can be.</summary>
internal sealed class RespReader(Stream stream)
{
    private const int LongestLine = 1024;
    private const int LongestText = 1 << 16;
    private const int LongestList = 1 << 14;
    private const int Deepest = 4;
    private const int Largest = 1 << 22;

    private readonly byte[] buffer = new byte[1 << 14];
    private int start;
    private int end;
    private int budget;

    /// <exception cref="RedisException">It is no reply, or too large.</exception>
    public async Task<RedisReply> ReadAsync(CancellationToken cancellation)
    {
        budget = Largest;
        return await ReadAsync(0, cancellation);
    }

    private async Task<RedisReply> ReadAsync(int depth, CancellationToken cancellation)
    {
        var line = await LineAsync(cancellation);
        var rest = line.Length > 0 ? line[1..] : "";
        switch (line.Length > 0 ? line[0] : ' ')
        {
            case '+':
                return new RedisReply.Text(rest);
            case '-':
                return new RedisReply.Error(Code(rest));
            case ':':
                return new RedisReply.Number(Whole(rest, long.MinValue, long.MaxValue));
            case '$':
                var length = (int)Whole(rest, -1, LongestText);
                return length < 0 ? new RedisReply.Nothing() : new RedisReply.Text(await TextAsync(length, cancellation));
            case '*' when depth < Deepest:
                var count = (int)Whole(rest, -1, LongestList);
                if (count < 0)
                {
                    return new RedisReply.Nothing();
                }

                // Grows as they come: a number alone takes no memory.
                var items = new List<RedisReply>();
                while (items.Count < count)
                {
                    items.Add(await ReadAsync(depth + 1, cancellation));
                }

                return new RedisReply.List(items);
            default:
                throw new RedisException("What answers there does not speak Redis' protocol.");
        }
    }

    private async ValueTask<string> LineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (true)
        {
            var next = (char)await ByteAsync(cancellation);
            if (next == '\n' && line.Length > 0 && line[^1] == '\r')
            {
                return line.ToString(0, line.Length - 1);
            }

            if (line.Length == LongestLine)
            {
                throw new RedisException("What answers there sends a line that is too long.");
            }

            line.Append(next);
        }
    }

    private async ValueTask<string> TextAsync(int length, CancellationToken cancellation)
    {
        Spend(length);
        var text = new byte[length];
        for (var have = 0; have < length;)
        {
            if (start == end)
            {
                await FillAsync(cancellation);
            }

            var some = Math.Min(length - have, end - start);
            buffer.AsSpan(start, some).CopyTo(text.AsSpan(have));
            have += some;
            start += some;
        }

        return await ByteAsync(cancellation) == '\r' && await ByteAsync(cancellation) == '\n'
            ? Encoding.UTF8.GetString(text)
            : throw new RedisException("What answers there does not speak Redis' protocol.");
    }

    private async ValueTask<byte> ByteAsync(CancellationToken cancellation)
    {
        if (start == end)
        {
            await FillAsync(cancellation);
        }

        Spend(1);
        return buffer[start++];
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        start = 0;
        end = await stream.ReadAsync(buffer, cancellation);
        if (end == 0)
        {
            throw new RedisException("Redis has closed the connection.");
        }
    }

    private void Spend(int bytes)
    {
        if ((budget -= bytes) < 0)
        {
            throw new RedisException("What answers there sends a reply that is too large.");
        }
    }

    private static long Whole(string text, long least, long most) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new RedisException("What answers there sends a number that is none, or too large.");

    private static string Code(string message)
    {
        var word = message.Split(' ', 2)[0];
        return word.Length is > 0 and <= 32 && word.All(char.IsAsciiLetterUpper) ? word : "ERR";
    }
}
