using System.Collections.Concurrent;
using System.Text.Json;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Mail;

/// <summary>The process of all mail servers: lines of JSON there and back, each with the number of whom it is about.</summary>
internal sealed class MailProgram
{
    private readonly NodeProgram program = NodeProgram.Start(Path.Combine(Repository.Root, "tests/Sluice.Auth.Tests/Mail/Server"), ".ci/mail-server", "server.mjs");
    private readonly Lock writing = new();
    private readonly ConcurrentDictionary<int, Action<ReceivedMail>> receivers = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> asked = new();
    private readonly Task reading;
    private int last;

    public MailProgram() => reading = Task.Run(ReadAsync);

    /// <returns>A number of its own.</returns>
    public int Know(Action<ReceivedMail> receiver)
    {
        var id = Interlocked.Increment(ref last);
        receivers[id] = receiver;
        return id;
    }

    public async Task<JsonElement> AskAsync(int id, object question)
    {
        var answer = asked[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (writing)
        {
            program.Input.WriteLine(JsonSerializer.Serialize(question));
            program.Input.Flush();
        }

        // Its end, or what was wrong with its lines, is what to say then.
        if (await Task.WhenAny(answer.Task, reading, Task.Delay(Wait.Patience)) != answer.Task)
        {
            await program.FailAsync(reading);
        }

        return await answer.Task;
    }

    private async Task ReadAsync()
    {
        while (await program.Output.ReadLineAsync() is { } line)
        {
            var said = JsonSerializer.Deserialize<JsonElement>(line);
            var id = said.GetProperty("id").GetInt32();
            if (said.TryGetProperty("mail", out var mail))
            {
                receivers[id](mail.Deserialize<ReceivedMail>(JsonSerializerOptions.Web)!);
            }
            else if (asked.TryRemove(id, out var answer))
            {
                answer.SetResult(said);
            }
        }
    }
}
