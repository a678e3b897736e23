using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Sluice.Auth.Importing;

/// <param name="Number">From 1, empty lines counted.</param>
/// <param name="Bytes">Without its end; null where it is longer than a line may be.</param>
internal readonly record struct NumberedLine(long Number, byte[]? Bytes)
{
    /// <summary>Far more than an account needs.</summary>
    public const int Longest = 64 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The lines of a stream, of which never more is held than one line may be long. Empty ones are left out.</summary>
    public static async IAsyncEnumerable<NumberedLine> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: Longest, leaveOpen: true));
        var (number, isOverlong) = (1L, false);
        for (var isEnd = false; !isEnd;)
        {
            var read = await pipe.ReadAsync(cancellation);
            var rest = read.Buffer;
            for (var end = rest.PositionOf((byte)'\n'); end is { } at; end = rest.PositionOf((byte)'\n'), number++)
            {
                var line = rest.Slice(0, at);
                if (Whole(number, line, isOverlong) is { } whole)
                {
                    yield return whole;
                }

                isOverlong = false;
                rest = rest.Slice(rest.GetPosition(1, at));
            }

            isEnd = read.IsCompleted;
            if (isEnd && Whole(number, rest, isOverlong) is { } last)
            {
                yield return last;
            }

            // What comes up to the next end belongs to a line that is refused already.
            if (isEnd || isOverlong || rest.Length > Longest)
            {
                isOverlong |= rest.Length > Longest;
                rest = rest.Slice(rest.End);
            }

            pipe.AdvanceTo(rest.Start, read.Buffer.End);
        }

        await pipe.CompleteAsync();
    }

    private static NumberedLine? Whole(long number, ReadOnlySequence<byte> line, bool isOverlong)
    {
        if (isOverlong || line.Length > Longest)
        {
            return new NumberedLine(number, null);
        }

        ReadOnlySpan<byte> bytes = line.ToArray();
        if (number == 1 && bytes.StartsWith(ByteOrderMark))
        {
            bytes = bytes[ByteOrderMark.Length..];
        }

        return bytes.IsEmpty || bytes.SequenceEqual("\r"u8) ? null : new NumberedLine(number, (bytes[^1] == '\r' ? bytes[..^1] : bytes).ToArray());
    }
}
