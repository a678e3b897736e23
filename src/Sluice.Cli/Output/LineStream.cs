using System.Text;

namespace Sluice.Cli.Output;

/// <summary>Where a terminal writes that is no terminal: gives every whole line to somebody else.</summary>
internal sealed class LineStream(Action<string> line) : Stream
{
    private readonly MemoryStream begun = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        foreach (var octet in buffer)
        {
            if (octet is (byte)'\n')
            {
                line(Encoding.UTF8.GetString(begun.GetBuffer(), 0, (int)begun.Length));
                begun.SetLength(0);
            }
            else
            {
                begun.WriteByte(octet);
            }
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
