using System.Text;
using Sluice.Auth.Importing;
using Xunit;

namespace Sluice.Auth.Tests.Importing;

/// <summary>What an import says of lines that are not sound, and how it takes a file apart.</summary>
public sealed class ImportLineTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);

    private static string? Problem(ReadOnlySpan<byte> line) => ImportLine.Read(line, Now, t => Guid.TryParseExact(t, "D", out _)).Problem;

    [Theory]
    [InlineData("""{"email":"ada@example.com","email":"eve@example.com"}""", "has email twice")]
    [InlineData("""{"email":"ada@example.com","e\u006dail":"eve@example.com"}""", "has email twice")]
    [InlineData("""{"username":"ada"}""", "has no email, by which accounts are told apart")]
    [InlineData("""{"email":null}""", "has no email, by which accounts are told apart")]
    [InlineData("""{"email":7}""", "email is not text")]
    [InlineData("""{"email":"ada"}""", "email is no address that mail could be sent to")]
    [InlineData("""{"email":"ada@example.com\u0000"}""", "email is no address that mail could be sent to")]
    [InlineData("""{"email":"a@b.de","displayName":"A\u0000da"}""", "displayName must have at most 200 characters, and no control characters")]
    [InlineData("""{"email":"a@b.de","displayName":"\ud83d"}""", "has text that is no Unicode: a `\\ud8…` stands without its other half")]
    [InlineData("""{"email":"a@b.de","username":"a@b.de"}""", "username must have 3 to 64 letters, digits, dots, hyphens or underscores and begin with a letter or digit: leave it out where it is the address")]
    [InlineData("""{"email":"a@b.de","id":"17"}""", "id is not of the kind that Tables.Ids says: leave it out for a new one")]
    [InlineData("""{"email":"a@b.de","role":""}""", "role must have 1 to 64 characters")]
    [InlineData("""{"email":"a@b.de","isActive":"yes"}""", "isActive is not true or false")]
    [InlineData("""{"email":"a@b.de","emailVerified":1}""", "emailVerified is not true, false or a time")]
    [InlineData("""{"email":"a@b.de","createdAt":"2026-01-31T12:00:00"}""", "createdAt is no time with its offset: write it as 2026-01-31T12:00:00Z")]
    [InlineData("""{"email":"a@b.de","createdAt":"31.1.2026"}""", "createdAt is no time with its offset: write it as 2026-01-31T12:00:00Z")]
    [InlineData("""{"email":"a@b.de","createdAt":"2026-11-21T12:00:01Z"}""", "createdAt lies in the future")]
    [InlineData("""{"email":"a@b.de","password":"open"}""", "has a password in the clear: only hashes are imported")]
    [InlineData("""{"email":"a@b.de","passwordHash":"open"}""", "passwordHash is in no form that is known here")]
    [InlineData("""{"email":"a@b.de","passwordHash":"$2b$31$VVmMVnbNBkBcbPPG/rpM4.qFx0CBwVeOqqGNTZ1IbXdEoKdmu6hNi"}""", "passwordHash is in no form that is known here, or asks for more work than a sign-in may cost")]
    [InlineData("""{"email":"a@b.de","isAdmin":true}""", "has the member `isAdmin`, which is not known: leave it out. Known are id, email,")]
    [InlineData("""{"email":"a@b.de","metadata":[1]}""", "metadata is not an object")]
    [InlineData("""{"email":"a@b.de","metadata":{"a":1,"a":2}}""", "metadata is not an object")]
    [InlineData("""{"email":"a@b.de","metadata":{"a":"\u0000"}}""", "metadata is not an object")]
    [InlineData("""{"email":"a@b.de","metadata":{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}}""", "is not JSON from byte")]
    [InlineData("""{"email":"a@b.de","<script>":1}""", "has the member with a strange name, which is not known")]
    [InlineData("""{"email":{"a":1}}""", "email is not text")]
    [InlineData("""{"email":[[[[[[[[[[[[1]]]]]]]]]]]]}""", "email is not text")]
    [InlineData("""{"email":"a@b.de"} {"email":"b@b.de"}""", "is not JSON from byte 19 on")]
    [InlineData("""{"email":"a@b.de",}""", "is not JSON from byte 18 on")]
    [InlineData("""{"email":"a@b.de" """, "is not JSON")]
    [InlineData("""["a@b.de"]""", "is no JSON object")]
    [InlineData("""[[[[[[[[[[[[[[[[[[[""", "is no JSON object")]
    [InlineData("null", "is no JSON object")]
    [InlineData("email,username", "is not JSON from byte 0 on")]
    [InlineData("\0", "is not JSON from byte 0 on")]
    public void A_line_that_is_not_sound_is_told_what_is_wrong_and_nothing_of_what_it_holds(string line, string problem)
    {
        var said = Problem(Encoding.UTF8.GetBytes(line));
        Assert.NotNull(said);
        Assert.StartsWith(problem, said, StringComparison.Ordinal);
        Assert.DoesNotContain("a@b.de", said, StringComparison.Ordinal);
        Assert.DoesNotContain("open", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_no_line()
    {
        Assert.StartsWith("is not UTF-8", Problem([.. "{\"email\":\"a@b.de\",\"displayName\":\""u8, 0xE9, .. "\"}"u8]), StringComparison.Ordinal);
        Assert.StartsWith("is not UTF-8", Problem([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}")]), StringComparison.Ordinal);
    }

    [Theory, InlineData(1), InlineData(7), InlineData(4096), InlineData(1 << 20)]
    public async Task A_file_comes_apart_into_its_lines_however_it_arrives(int chunk)
    {
        var overlong = new string('x', NumberedLine.Longest + 1);
        var longest = new string('y', NumberedLine.Longest);
        var text = $"\ufefffirst\r\n\n\r\n{overlong}\n{longest}\nlast but one\r\n{overlong}{overlong}{overlong}\n\nlast";

        var lines = new List<string>();
        await foreach (var line in NumberedLine.ReadAsync(new Dripping(Encoding.UTF8.GetBytes(text), chunk), TestContext.Current.CancellationToken))
        {
            lines.Add($"{line.Number}:{(line.Bytes is null ? "overlong" : line.Bytes.Length > 100 ? "long" : Encoding.UTF8.GetString(line.Bytes))}");
        }

        Assert.Equal(["1:first", "4:overlong", "5:long", "6:last but one", "7:overlong", "9:last"], lines);
    }

    [Fact]
    public async Task An_endless_line_is_read_past_without_being_held()
    {
        await using var import = await Importing.StartAsync();
        var file = new byte[64 << 20];
        file.AsSpan().Fill((byte)'x');
        "\n{\"email\":\"ada@example.com\"}"u8.CopyTo(file.AsSpan(file.Length - 28));
        var before = GC.GetTotalAllocatedBytes();

        var imported = await import.RunAsync(file);

        Assert.Equal("2 lines: 1 added, 0 updated, 0 there already, 0 skipped, 1 rejected", imported.Said);
        Assert.Equal("line 1 is longer than 65536 bytes, and is not copied\n", imported.Progress);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 32 << 20);
    }

    /// <summary>Gives its bytes a few at a time.</summary>
    private sealed class Dripping(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(chunk, buffer.Length)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    }
}
