using Microsoft.Extensions.Logging;
using Xunit;

namespace Sluice.Auth.Tests.Support;

/// <summary>What a node logs goes with the test that started it, and is shown when that fails.</summary>
internal sealed class TestLog(ITestOutputHelper? output) : ILoggerProvider, ILogger
{
    /// <summary>Of the test that runs now.</summary>
    public static TestLog Now => new(TestContext.Current.TestOutputHelper);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            output?.WriteLine($"{logLevel}: {formatter(state, exception)} {exception}");
        }
        catch (InvalidOperationException)
        {
            // The test is over, and its output with it.
        }
    }

    public void Dispose()
    {
    }
}
