namespace Sluice.Auth.Redis;

/// <summary>What Redis answers with.</summary>
internal abstract record RedisReply
{
    private RedisReply()
    {
    }

    public sealed record Text(string Value) : RedisReply;

    public sealed record Number(long Value) : RedisReply;

    public sealed record List(IReadOnlyList<RedisReply> Items) : RedisReply;

    public sealed record Nothing : RedisReply;

    /// <param name="Code">`NOAUTH`, `READONLY` …: of what the server says only the first word, since what follows may repeat what it was sent.</param>
    public sealed record Error(string Code) : RedisReply;
}

/// <summary>Redis is not there, not willing, or not Redis.</summary>
internal sealed class RedisException(string message, Exception? inner = null) : Exception(message, inner);
