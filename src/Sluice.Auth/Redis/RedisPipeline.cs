using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.Auth.Redis;

/// <summary>Commands that are sent together, each word with its length: nothing in it can end a word.</summary>
internal sealed class RedisPipeline
{
    private readonly ArrayBufferWriter<byte> written = new(256);

    /// <summary>As many replies come.</summary>
    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Bytes => written.WrittenMemory;

    public RedisPipeline Add(params ReadOnlySpan<string> words)
    {
        Count++;
        Write($"*{words.Length.ToString(CultureInfo.InvariantCulture)}\r\n");
        foreach (var word in words)
        {
            Write($"${Encoding.UTF8.GetByteCount(word).ToString(CultureInfo.InvariantCulture)}\r\n");
            Write(word);
            Write("\r\n");
        }

        return this;
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, written);
}
