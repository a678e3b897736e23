using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Sluice.Auth.Passwords;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using PasswordOptions = Sluice.Auth.Settings.PasswordOptions;
using Xunit;

namespace Sluice.Auth.Tests.Passwords;

/// <summary>Hashes that other systems made are understood, outdated, and never a way to take the machine down.</summary>
public sealed class ForeignHashTests
{
    private const string Password = "Grüße, café 7!";

    private static readonly PasswordOptions Today = new();

    // Made by Python's hashlib, npm's bcryptjs and npm's argon2, put into the form of the system that keeps them; passlib's and Firebase's are those of their own documentation.
    public static TheoryData<string, string> Theirs => new()
    {
        { Password, "$2b$04$VVmMVnbNBkBcbPPG/rpM4.qFx0CBwVeOqqGNTZ1IbXdEoKdmu6hNi" },
        { Password, "$2a$04$VVmMVnbNBkBcbPPG/rpM4.qFx0CBwVeOqqGNTZ1IbXdEoKdmu6hNi" },
        { Password, "$2y$04$VVmMVnbNBkBcbPPG/rpM4.qFx0CBwVeOqqGNTZ1IbXdEoKdmu6hNi" },
        { Password, "$pbkdf2-sha256$i=1200$MDEyMzQ1Njc4OWFiY2RlZg$Dy4B/odu06QoDrQnHJN3Qy8FWOxp7+5yX1LA00w3ozA" },
        { Password, "$pbkdf2-sha256$i=1200,l=32$MDEyMzQ1Njc4OWFiY2RlZg$Dy4B/odu06QoDrQnHJN3Qy8FWOxp7+5yX1LA00w3ozA" },
        { Password, "$pbkdf2-sha512$1200$MDEyMzQ1Njc4OWFiY2RlZg$lR1DFYgsjnk0tjUgswYu.fkSCvr64Csk9cY4gq/ZSKt74OKCe8C3ZT8QzNRi9AFNrf/lw8XtCIGvNdn2yYUSmg" },
        { Password, "$pbkdf2$1200$MDEyMzQ1Njc4OWFiY2RlZg$7ZbR4IHxIioLnOoVPdCFERvEJEo" },
        { "password", "$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44" },
        { Password, "pbkdf2_sha256$1200$saltsalt4Django22chars$Bo66iIFfRdDp06r/2D7Sd7QNN7Wz9pPjqIGVgdJonEk=" },
        { Password, "pbkdf2_sha1$1200$seasalt2seasalt2$elY+ZgUZ1fg6LWeejyQX8Vn44Oc=" },
        { Password, "scrypt$1024$saltsalt4Django22chars$8$5$T0mmtiO6aD5FbfiPm0MkvR/kGvIO/XIdmYktMo4tN9dPsLtlCMPufCQsO1t8l8MYAaR8Inr1xdmX96F3TbQdXA==" },
        { Password, "argon2$argon2i$v=19$m=1024,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$kyVPNgKNWSSNVIHD9+7ZnucH/2t1Fn7YWuurjwsWNR8" },
        { Password, "bcrypt$$2b$04$VVmMVnbNBkBcbPPG/rpM4.qFx0CBwVeOqqGNTZ1IbXdEoKdmu6hNi" },
        { Password, "bcrypt_sha256$$2b$04$ssv2iLKd7vzsA/nnmZZ40.8mY3B8fCi.wS2zaWj/N3feheQXQUSZ." },
        { Password, "$scrypt$ln=10,r=8,p=2$MDEyMzQ1Njc4OWFiY2RlZg$E3zFC8pKMphtJQKoXVa+oU56x8DVb7CjZs4hc+FZzAA" },
        { "user1password", "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==" },
    };

    [Theory, MemberData(nameof(Theirs))]
    public void Bar_07_a_hash_of_another_system_is_right_and_outdated(string password, string stored)
    {
        Assert.Equal(Verdict.RightButOutdated, PasswordHash.Verify(password, stored, Today));
        Assert.Equal(Verdict.Wrong, PasswordHash.Verify(password + "!", stored, Today));
        Assert.Equal(Verdict.Wrong, PasswordHash.Verify("", stored, Today));
    }

    [Theory, InlineData(PasswordHasherCompatibilityMode.IdentityV2, 0), InlineData(PasswordHasherCompatibilityMode.IdentityV3, 100_000), InlineData(PasswordHasherCompatibilityMode.IdentityV3, 12_345)]
    public void Bar_07_what_AspNet_Identity_s_own_hasher_made_is_right_and_outdated(PasswordHasherCompatibilityMode mode, int iterations)
    {
        var hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { CompatibilityMode = mode, IterationCount = Math.Max(1, iterations) }));
        var stored = hasher.HashPassword(new object(), Password);

        Assert.Equal(Verdict.RightButOutdated, PasswordHash.Verify(Password, stored, Today));
        Assert.Equal(Verdict.Wrong, PasswordHash.Verify(Password + "!", stored, Today));
    }

    [Theory, InlineData(0u, 24), InlineData(1u, 32), InlineData(2u, 16)]
    public void Bar_07_every_function_of_Identity_s_third_version_is_what_its_own_hasher_takes_it_for(uint function, int salt)
    {
        var name = function switch { 0 => HashAlgorithmName.SHA1, 1 => HashAlgorithmName.SHA256, _ => HashAlgorithmName.SHA512 };
        var stored = Identity(function, 1000, RandomNumberGenerator.GetBytes(salt), s => Rfc2898DeriveBytes.Pbkdf2(Password, s, 1000, name, 32));

        Assert.NotEqual(PasswordVerificationResult.Failed, new PasswordHasher<object>().VerifyHashedPassword(new object(), stored, Password));
        Assert.Equal(Verdict.RightButOutdated, PasswordHash.Verify(Password, stored, Today));
    }

    [Fact]
    public void A_password_that_others_hashed_with_decomposed_letters_is_right_as_it_was_typed()
    {
        var typed = "cafe\u0301 au lait";
        var stored = new PasswordHasher<object>().HashPassword(new object(), typed);

        Assert.Equal(Verdict.RightButOutdated, PasswordHash.Verify(typed, stored, Today));
    }

    [Theory]
    [InlineData("", "", 4, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 10, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [InlineData("pleaseletmein", "SodiumChloride", 14, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void Scrypt_gives_what_RFC_7914_says(string password, string salt, int logN, int blockSize, int lanes, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Scrypt.Hash(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), new ScryptCost(logN, blockSize, lanes), 64)));

    public static TheoryData<string> Hostile => new(
        "$scrypt$ln=30,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$E3zFC8pKMphtJQKoXVa+oU56x8DVb7CjZs4hc+FZzAA",
        "$scrypt$ln=2147483647,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$E3zFC8pKMphtJQKoXVa+oU56x8DVb7CjZs4hc+FZzAA",
        "$scrypt$ln=14,r=1000000,p=1$MDEyMzQ1Njc4OWFiY2RlZg$E3zFC8pKMphtJQKoXVa+oU56x8DVb7CjZs4hc+FZzAA",
        "$scrypt$ln=18,r=8,p=16$MDEyMzQ1Njc4OWFiY2RlZg$E3zFC8pKMphtJQKoXVa+oU56x8DVb7CjZs4hc+FZzAA",
        "$scrypt$ln=10,r=8,p=1000000$MDEyMzQ1Njc4OWFiY2RlZg$E3zFC8pKMphtJQKoXVa+oU56x8DVb7CjZs4hc+FZzAA",
        "$scrypt$ln=10,r=8,p=1,x=1$MDEyMzQ1Njc4OWFiY2RlZg$E3zFC8pKMphtJQKoXVa+oU56x8DVb7CjZs4hc+FZzAA",
        "scrypt$1073741824$saltsalt$8$1$T0mmtiO6aD5FbfiPm0MkvR/kGvIO/XIdmYktMo4tN9c=",
        "scrypt$1023$saltsalt$8$1$T0mmtiO6aD5FbfiPm0MkvR/kGvIO/XIdmYktMo4tN9c=",
        "$fbscrypt$v=1,n=31,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9A==",
        "$fbscrypt$v=2,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9A==",
        "pbkdf2_sha256$1000000000$saltsalt4Django22chars$Bo66iIFfRdDp06r/2D7Sd7QNN7Wz9pPjqIGVgdJonEk=",
        "pbkdf2_sha256$99999999999$saltsalt4Django22chars$Bo66iIFfRdDp06r/2D7Sd7QNN7Wz9pPjqIGVgdJonEk=",
        "$pbkdf2-sha256$1000000000$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44",
        "$pbkdf2-sha256$i=1000000000$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44",
        "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2i$v=19$m=65536,t=1000000,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=65536,t=2,p=1,keyid=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "argon2$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$2a$31$VVmMVnbNBkBcbPPG/rpM4.qFx0CBwVeOqqGNTZ1IbXdEoKdmu6hNi",
        "bcrypt_sha256$$2b$31$VVmMVnbNBkBcbPPG/rpM4.qFx0CBwVeOqqGNTZ1IbXdEoKdmu6hNi",
        Identity(1, 1_000_000_000, new byte[16], _ => new byte[32]),
        Identity(1, uint.MaxValue, new byte[16], _ => new byte[32]),
        Identity(1, 0, new byte[16], _ => new byte[32]),
        Identity(3, 1000, new byte[16], _ => new byte[32]),
        Identity(1, 1000, [], _ => new byte[32]),
        Identity(1, 1000, new byte[16], _ => []),
        Identity(1, 1000, new byte[16], _ => new byte[32], saltLength: uint.MaxValue),
        Identity(1, 1000, new byte[16], _ => new byte[32], saltLength: int.MaxValue),
        "AA==",
        "AQ==",
        "$",
        "$$$$",
        "bcrypt$$",
        new string('A', 100_000));

    [Theory, MemberData(nameof(Hostile))]
    public void Bar_08_a_foreign_hash_that_asks_for_too_much_is_refused_before_any_work(string stored)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var took = ThreadClock.Measure(() =>
        {
            Assert.Equal(Verdict.Wrong, PasswordHash.Verify("password", stored, Today));
            Assert.Null(StoredHashForms.Read(stored));
        });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Bar_07_the_first_sign_in_with_an_old_hash_puts_one_of_today_in_its_place()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await node.RegisterAsync();
        foreach (var (password, stored) in Theirs.Select(t => t.Data).Append((Password, new PasswordHasher<object>().HashPassword(new object(), Password))))
        {
            await using (var command = database.Source.CreateCommand("UPDATE users SET \"passwordHash\" = $1"))
            {
                command.Parameters.AddWithValue(stored);
                await command.ExecuteNonQueryAsync();
            }

            await node.LoginAsync(password: password);

            Assert.StartsWith("$argon2id$v=19$m=7168,t=1,p=1$", (string)(await database.QueryAsync("SELECT \"passwordHash\" FROM users"))!, StringComparison.Ordinal);
            await node.LoginAsync(password: password);
        }
    }

    private static string Identity(uint function, uint iterations, byte[] salt, Func<byte[], byte[]> hash, uint? saltLength = null)
    {
        var head = new byte[13];
        head[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(1), function);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(5), iterations);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(9), saltLength ?? (uint)salt.Length);
        return Convert.ToBase64String([.. head, .. salt, .. hash(salt)]);
    }
}
