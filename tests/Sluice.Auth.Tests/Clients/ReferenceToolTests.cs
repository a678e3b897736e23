using System.Diagnostics;
using System.Globalization;
using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Clients;

/// <summary>The command `argon2` of the reference implementation makes what ours makes, and ours understands what it made.</summary>
public sealed class ReferenceToolTests
{
    private const string Salt = "sixteen bytes it";

    private static readonly string Unpacked = Path.Combine(Repository.Root, ".sluice/argon2/argon2");

    private static string? Tool => File.Exists(Unpacked) ? Unpacked : Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(f => Path.Combine(f, "argon2")).FirstOrDefault(File.Exists);

    // Its passwords end at 128 bytes.
    [Theory, InlineData("a quiet evening at home"), InlineData("Grüße aus 東京 🔑"), InlineData("a password of more than seventy-two bytes, which bcrypt would not take as it is, and Argon2 does")]
    public async Task Bar_06_the_reference_implementation_s_own_command_agrees_both_ways(string password)
    {
        Assert.SkipWhen(Tool is null, "not installed: .ci/argon2");
        var bytes = PasswordHash.Bytes(password);

        var theirs = await AskAsync(password, "-id", "-t", "2", "-k", "19456", "-p", "1", "-l", "32");
        var ours = $"$argon2id$v=19$m=19456,t=2,p=1${PhcString.ToBase64(System.Text.Encoding.ASCII.GetBytes(Salt))}${PhcString.ToBase64(Argon2.Hash(true, bytes, System.Text.Encoding.ASCII.GetBytes(Salt), 19456, 2, 1, 32))}";
        Assert.Equal(theirs, ours);
        Assert.Equal(Verdict.Right, PasswordHash.Verify(password, theirs, new PasswordOptions()));

        foreach (var kind in new[] { "-id", "-i" })
        {
            var other = await AskAsync(password, kind, "-t", "3", "-k", "4096", "-p", "4", "-l", "24");
            Assert.Equal(Verdict.RightButOutdated, PasswordHash.Verify(password, other, new PasswordOptions()));
            Assert.Equal(Verdict.Wrong, PasswordHash.Verify(password + "x", other, new PasswordOptions()));
        }
    }

    private static async Task<string> AskAsync(string password, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Tool!, [Salt, .. arguments, "-e"]) { RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new System.Text.UTF8Encoding(false) })!;
        await process.StandardInput.WriteAsync(password);
        process.StandardInput.Close();
        var said = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"argon2 ended with {process.ExitCode}"));
        return said;
    }
}
