using System.Reflection;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Settings;
using Xunit;

namespace Sluice.Auth.Tests;

public sealed class LogTests
{
    [Fact]
    public void Every_message_has_an_event_id_of_its_own()
    {
        var messages = typeof(SluiceAuthOptions).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(m => (Method: m, Message: m.GetCustomAttribute<LoggerMessageAttribute>())).Where(m => m.Message is not null).ToList();

        Assert.True(messages.Count > 10, $"{messages.Count} messages");
        Assert.All(messages, m => Assert.True(m.Message!.EventId > 0, m.Method.Name));
        Assert.Empty(messages.GroupBy(m => m.Message!.EventId).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(m => $"{m.Method.DeclaringType!.Name}.{m.Method.Name}"))}"));
    }
}
