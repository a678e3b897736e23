using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Tests.Support;

/// <summary>Where the process's standard streams come from and go to, for its own code and for the programs that it starts (dup2(2)).</summary>
public static partial class Descriptors
{
    public static void Redirect(int descriptor, SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (dup2((int)file.DangerousGetHandle(), descriptor) < 0)
        {
            throw new InvalidOperationException($"dup2 failed with {Marshal.GetLastPInvokeError()}.");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int from, int to);
}
