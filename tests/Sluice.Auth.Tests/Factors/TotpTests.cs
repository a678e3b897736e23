using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Auth.Factors;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Factors;

/// <summary>Codes and pictures, and what the RFC, Debian's oathtool and the libraries of authenticator apps make of them.</summary>
public sealed class TotpTests
{
    private static readonly byte[] RfcSecret = Encoding.ASCII.GetBytes("12345678901234567890");
    private static readonly string AppFolder = Path.Combine(Repository.Root, "tests/Sluice.Auth.Tests/Factors/Authenticator");

    [Theory]
    [InlineData(59, 94287082), InlineData(1111111109, 07081804), InlineData(1111111111, 14050471), InlineData(1234567890, 89005924), InlineData(2000000000, 69279037), InlineData(20000000000, 65353130)]
    public void Codes_are_those_of_RFC_6238(long seconds, int code) =>
        Assert.Equal(code, Totp.Truncate(RfcSecret, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds)), 100_000_000));

    [Theory, InlineData("", ""), InlineData("f", "MY"), InlineData("fo", "MZXQ"), InlineData("foo", "MZXW6"), InlineData("foob", "MZXW6YQ"), InlineData("fooba", "MZXW6YTB"), InlineData("foobar", "MZXW6YTBOI")]
    public void Secrets_are_written_as_RFC_4648_says(string bytes, string text) => Assert.Equal(text, Base32.Encode(Encoding.ASCII.GetBytes(bytes)));

    [Fact]
    public void Bar_44_a_code_holds_for_its_step_and_the_one_beside_it_on_either_side()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var step = Totp.StepAt(now);

        Assert.Equal([step - 1, step, step + 1], Enumerable.Range(-4, 9).Select(i => Totp.Match(RfcSecret, Totp.Code(RfcSecret, step + i), now)).OfType<long>());
        Assert.All(["", "12345", "1234567", "abcdef", "１２３４５６", Totp.Code(RfcSecret, step) + "0"], wrong => Assert.Null(Totp.Match(RfcSecret, wrong, now)));
    }

    [Fact]
    public async Task Oathtool_makes_the_same_codes()
    {
        var own = Path.Combine(Repository.Root, ".sluice/oathtool/usr");
        var program = File.Exists(Path.Combine(own, "bin/oathtool")) ? Path.Combine(own, "bin/oathtool") : "/usr/bin/oathtool";
        Assert.SkipUnless(File.Exists(program), "not installed: .ci/authenticator");
        const int Steps = 200;
        for (var i = 0; i < 5; i++)
        {
            var (secret, from) = (Totp.NewSecret(), DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + i * 98_765_432L));

            var theirs = await RunAsync(
                program, "", own,
                "--totp", "-b", Base32.Encode(secret), "-w", (Steps - 1).ToString(CultureInfo.InvariantCulture), "-N", from.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));

            Assert.Equal(theirs.Split('\n', StringSplitOptions.RemoveEmptyEntries), Enumerable.Range(0, Steps).Select(s => Totp.Code(secret, Totp.StepAt(from) + s)));
        }
    }

    [Fact]
    public async Task An_authenticator_app_reads_the_picture_and_shows_our_code()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(AppFolder, "node_modules")), "not installed: .ci/authenticator");
        var (secret, now) = (Totp.NewSecret(), DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        var uri = Totp.Uri(secret, "Café & Co", "ada+test@example.com");

        var app = (await ShowAsync([QrCode.Encode(uri).ToSvg()], now)).Single();

        Assert.Equal((uri, "Café & Co", "ada+test@example.com", Totp.Code(secret, Totp.StepAt(now))), ((string?)app["uri"], (string?)app["issuer"], (string?)app["label"], (string?)app["code"]));
    }

    [Fact]
    public async Task Pictures_of_every_size_are_read_and_one_with_squares_missing_is_not()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(AppFolder, "node_modules")), "not installed: .ci/authenticator");
        var texts = new[] { 1, 15, 40, 75, 100, 130, 150, 170, 210, 250, 280, 320, 350, 400, 420, 450, 480, 530, 560, QrCode.LongestText }
            .Select(length => string.Concat(Enumerable.Range(0, length).Select(i => (char)('!' + (i * 31 + length) % 90)))).ToList();
        var broken = QrCode.Encode(texts[3]).ToSvg();

        var read = await ShowAsync([.. texts.Select(t => QrCode.Encode(t).ToSvg()), broken[..(broken.Length * 3 / 5)] + "\"/></svg>"], DateTimeOffset.UnixEpoch);

        Assert.Equal([.. texts, null], read.Select(r => (string?)r["uri"]));
    }

    [Fact]
    public void A_recovery_code_is_read_as_people_type_it()
    {
        foreach (var (code, i) in Enumerable.Range(0, RecoveryCode.Count).Select(i => (RecoveryCode.New(i), i)))
        {
            Assert.Matches("^[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}$", code);
            Assert.Equal((i, code), RecoveryCode.Read(code));
            Assert.Equal((i, code), RecoveryCode.Read($" {code.ToUpperInvariant().Replace('-', ' ').Replace('0', 'O').Replace('1', 'I')}\n"));
        }

        Assert.All(["", "3f7k-2m9x-qd4", "3f7k-2m9x-qd4w5", "3f7k-2m9x-qd4u", "zf7k-2m9x-qd4w", new string('0', 100_000)], wrong => Assert.Null(RecoveryCode.Read(wrong)));
    }

    private static async Task<List<JsonNode>> ShowAsync(IEnumerable<string> pictures, DateTimeOffset at)
    {
        var shown = await RunAsync("node", string.Join('\n', pictures), "", Path.Combine(AppFolder, "check.mjs"), at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        return [.. shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private static async Task<string> RunAsync(string program, string input, string libraries, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Directory.Exists(Path.Combine(libraries, "lib")))
        {
            start.Environment["LD_LIBRARY_PATH"] = string.Join(':', Directory.GetDirectories(Path.Combine(libraries, "lib")));
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return await output;
    }
}
