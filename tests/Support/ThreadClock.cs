using System.Runtime.InteropServices;

namespace Sluice.Tests.Support;

/// <summary>
/// Processor time of the calling thread (clock_gettime(2), CLOCK_THREAD_CPUTIME_ID). A bound on work is checked against it,
/// because the wall's clock also counts what the rest of a busy machine does.
/// </summary>
public static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    public static TimeSpan Measure(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var before = Now();
        work();
        return Now() - before;
    }

    private static TimeSpan Now() =>
        clock_gettime(ThreadCpuTime, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000)
            : throw new InvalidOperationException($"clock_gettime failed with {Marshal.GetLastPInvokeError()}.");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
