using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Xunit;

namespace Sluice.Auth.Tests.Passwords;

public sealed class PasswordHashTests
{
    private static readonly PasswordOptions Argon2Id = new() { Algorithm = PasswordAlgorithm.Argon2id };
    private static readonly PasswordOptions BcryptTen = new() { Algorithm = PasswordAlgorithm.Bcrypt, BcryptCost = 10 };
    private static readonly PasswordOptions Pbkdf2 = new() { Algorithm = PasswordAlgorithm.Pbkdf2 };

    public static TheoryData<PasswordAlgorithm> Algorithms => [PasswordAlgorithm.Argon2id, PasswordAlgorithm.Bcrypt, PasswordAlgorithm.Pbkdf2];

    private static PasswordOptions Of(PasswordAlgorithm algorithm) => algorithm switch { PasswordAlgorithm.Argon2id => Argon2Id, PasswordAlgorithm.Bcrypt => BcryptTen, _ => Pbkdf2 };

    [Theory, MemberData(nameof(Algorithms))]
    public void A_hash_knows_its_password_and_no_other_and_has_a_salt_of_its_own(PasswordAlgorithm algorithm)
    {
        var options = Of(algorithm);
        var stored = PasswordHash.Make("a quiet evening", options);

        Assert.Equal(Verdict.Right, PasswordHash.Verify("a quiet evening", stored, options));
        Assert.Equal(Verdict.Wrong, PasswordHash.Verify("a quiet evenin", stored, options));
        Assert.NotEqual(stored, PasswordHash.Make("a quiet evening", options));
    }

    [Fact]
    public void Bar_06_what_is_made_at_the_bounds_of_the_options_is_understood()
    {
        // With as little work as they can be made with; what is understood goes by what stands in them.
        foreach (var (options, little, most) in new (PasswordOptions, string, string)[]
                 {
                     (new() { Algorithm = PasswordAlgorithm.Argon2id, Argon2MemoryKiB = 7168, Argon2Iterations = 1 }, "$m=7168,", $"$m={256 * 1024},"),
                     (new() { Algorithm = PasswordAlgorithm.Argon2id, Argon2MemoryKiB = 7168, Argon2Iterations = 1 }, ",t=1,", ",t=16,"),
                     (new() { Algorithm = PasswordAlgorithm.Pbkdf2, Pbkdf2Iterations = 210_000 }, "$i=210000$", "$i=5000000$"),
                     (new() { Algorithm = PasswordAlgorithm.Bcrypt, BcryptCost = 10 }, "$10$", "$16$"),
                 })
        {
            var made = PasswordHash.Make("a quiet evening", options);
            Assert.Contains(little, made, StringComparison.Ordinal);
            Assert.NotNull(StoredHashForms.Read(made.Replace(little, most, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Bar_06_lanes_that_this_machine_cannot_compute_are_refused_with_what_to_set()
    {
        var options = new PasswordOptions { Algorithm = PasswordAlgorithm.Argon2id, Argon2MemoryKiB = 7168, Argon2Parallelism = 16 };
        if (Argon2.Can(true, 16, 16))
        {
            Assert.NotNull(StoredHashForms.Read(PasswordHash.Make("a quiet evening", options)));
        }
        else
        {
            Assert.Contains("libargon2", Assert.Throws<PlatformNotSupportedException>(() => PasswordHash.Make("a quiet evening", options)).Message, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData(72), InlineData(73), InlineData(200)]
    public void Bar_04_the_whole_password_counts_however_long(int length)
    {
        foreach (var options in new[] { Argon2Id, Pbkdf2 })
        {
            var stored = PasswordHash.Make(new string('p', length), options);
            Assert.Equal(Verdict.Wrong, PasswordHash.Verify(new string('p', length) + "x", stored, options));
            Assert.Equal(Verdict.Wrong, PasswordHash.Verify(new string('p', length - 1), stored, options));
        }
    }

    [Fact]
    public void Bar_04_bcrypt_refuses_what_it_would_cut()
    {
        var stored = PasswordHash.Make(new string('p', 72), BcryptTen);

        Assert.Equal(Verdict.Right, PasswordHash.Verify(new string('p', 72), stored, BcryptTen));
        Assert.Equal(Verdict.Wrong, PasswordHash.Verify(new string('p', 73), stored, BcryptTen));
        Assert.Equal(Verdict.Wrong, PasswordHash.Verify(new string('p', 72) + "\0x", stored, BcryptTen));
        var options = new SluiceAuthOptions { Passwords = { Algorithm = PasswordAlgorithm.Bcrypt } };
        Assert.Equal("length", PasswordRules.Check("wide " + new string('é', 34), options)?.Reason);
        Assert.Null(PasswordRules.Check("wide and " + string.Concat(Enumerable.Range(0, 31).Select(i => (char)(0xe0 + i))), options));
    }

    [Fact]
    public void Bar_05_composed_and_decomposed_letters_are_one_password_and_spaces_count()
    {
        var stored = PasswordHash.Make("caf\u00e9 au lait, bitte", Pbkdf2);

        Assert.Equal(Verdict.Right, PasswordHash.Verify("cafe\u0301 au lait, bitte", stored, Pbkdf2));
        Assert.Equal(Verdict.Wrong, PasswordHash.Verify("caf\u00e9 au lait, bitte ", stored, Pbkdf2));
    }

    [Fact]
    public void Bar_06_the_defaults_are_what_is_recommended()
    {
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", PasswordHash.Make("x", new PasswordOptions()), StringComparison.Ordinal);
        Assert.Equal(16, PhcString.Parse(PasswordHash.Make("x", new PasswordOptions()))!.Salt.Length);
        Assert.StartsWith("$2b$12$", PasswordHash.Make("x", new PasswordOptions { Algorithm = PasswordAlgorithm.Bcrypt }), StringComparison.Ordinal);
        Assert.StartsWith("$pbkdf2-sha512$i=210000$", PasswordHash.Make("x", Pbkdf2), StringComparison.Ordinal);
    }

    // The first three are of the reference implementations' own tests (argon2 test.c, the crypt_blowfish wrapper); the last is Python's hashlib.
    [Theory]
    [InlineData("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("password", "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA")]
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("password", "$pbkdf2-sha512$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$38DzhdBT7fPaUGBlsh42VTuuKSFAIYGZJ7l6feCDLIk")]
    public void Bar_06_hashes_of_others_are_understood(string password, string stored)
    {
        Assert.NotEqual(Verdict.Wrong, PasswordHash.Verify(password, stored, Argon2Id));
        Assert.Equal(Verdict.Wrong, PasswordHash.Verify(password + "!", stored, Argon2Id));
    }

    [Fact]
    public void Bar_07_a_hash_that_would_be_made_otherwise_today_is_outdated()
    {
        var old = PasswordHash.Make("a quiet evening", new PasswordOptions { Algorithm = PasswordAlgorithm.Argon2id, Argon2MemoryKiB = 8192 });

        Assert.Equal(Verdict.RightButOutdated, PasswordHash.Verify("a quiet evening", old, Argon2Id));
        Assert.Equal(Verdict.RightButOutdated, PasswordHash.Verify("a quiet evening", PasswordHash.Make("a quiet evening", BcryptTen), Argon2Id));
        Assert.Equal(Verdict.RightButOutdated, PasswordHash.Verify("a quiet evening", PasswordHash.Make("a quiet evening", BcryptTen), new PasswordOptions { Algorithm = PasswordAlgorithm.Bcrypt }));
    }

    [Theory]
    [InlineData("$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=19456,t=1000000,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=4000$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=19456,m=1,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=-1,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$pbkdf2-sha512$i=2000000000$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1$$")]
    [InlineData("plain text")]
    [InlineData("")]
    public void Bar_08_a_hostile_stored_hash_is_refused_before_any_work(string stored)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(Verdict.Wrong, PasswordHash.Verify("password", stored, Argon2Id));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }
}
