using Sluice.Auth.Settings;

namespace Sluice.Auth.Redis;

/// <summary>Hears what is published, over a connection of its own.</summary>
internal static class RedisSubscription
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    /// <summary>Ends only by exception: the connection was lost, or is dead without saying so.</summary>
    /// <param name="subscribed">Called once nothing can be missed any more.</param>
    public static async Task ListenAsync(RedisAddress address, string channel, Func<Task> subscribed, Action<string> told, CancellationToken stop)
    {
        await using var socket = await RedisSocket.OpenAsync(address, stop);
        await socket.SendAsync(new RedisPipeline().Add("SUBSCRIBE", channel), stop);
        if (await socket.ReadAsync(stop).WaitAsync(Quiet, stop) is not RedisReply.List { Items: [RedisReply.Text { Value: "subscribe" }, ..] })
        {
            throw new RedisException($"Redis at {address} refused: SUBSCRIBE");
        }

        await subscribed();
        for (var (next, asked) = (socket.ReadAsync(stop), false); ;)
        {
            try
            {
                if (await next.WaitAsync(Quiet, stop) is RedisReply.List { Items: [RedisReply.Text { Value: "message" }, _, RedisReply.Text message] })
                {
                    told(message.Value);
                }

                (next, asked) = (socket.ReadAsync(stop), false);
            }
            catch (TimeoutException) when (!asked)
            {
                // The same reading goes on, and hears the answer.
                asked = true;
                await socket.SendAsync(new RedisPipeline().Add("PING"), stop);
            }
        }
    }
}
