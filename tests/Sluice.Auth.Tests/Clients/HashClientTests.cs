using System.Text.Json;
using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Xunit;

namespace Sluice.Auth.Tests.Clients;

/// <summary>argon2, bcryptjs, hash-wasm and Node's own functions, as published, agree with our hashes, and ours with theirs.</summary>
public sealed class HashClientTests(HashClientTests.Answers answers) : IClassFixture<HashClientTests.Answers>
{
    private static readonly string Seventy = "seventy-two bytes: " + string.Concat(Enumerable.Repeat("Ünïcödé", 4)) + "seventeen";

    private static readonly string[] Passwords = ["correct horse battery staple", "Grüße aus 東京 🔑 до свидания", " spaces at both ends ", "ÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿ", Seventy, Seventy + "!"];

    [Fact]
    public void The_passwords_are_at_the_edge_of_bcrypt()
    {
        Assert.Equal(Bcrypt.LongestPassword, PasswordHash.Bytes(Seventy).Length);
        Assert.All(Passwords, p => Assert.True(p.IsNormalized()));
    }

    [Fact]
    public void Bar_06_theirs_say_that_our_hashes_are_of_our_passwords_and_of_no_other()
    {
        PublishedClients.Require();
        Assert.Equal(5, answers.Ours.Count(o => o.Stored.StartsWith("$2b$", StringComparison.Ordinal)));
        Assert.Equal(6, answers.Ours.Count(o => o.Stored.StartsWith("$argon2id$", StringComparison.Ordinal)));
        Assert.Empty(answers.Texts("refused"));
        Assert.Empty(answers.Texts("confused"));
    }

    [Fact]
    public void Bar_06_ours_says_that_their_hashes_are_of_their_passwords_and_of_no_other()
    {
        PublishedClients.Require();
        Assert.Equal(11 * Passwords.Length, answers.Theirs.Count());
        Assert.All(answers.Theirs, t =>
        {
            // What bcrypt would have cut is not right here, and nobody can sign in with the beginning of a password.
            var expected = t.By.Contains("bcrypt", StringComparison.Ordinal) && PasswordHash.Bytes(t.Password).Length > Bcrypt.LongestPassword ? Verdict.Wrong : Verdict.RightButOutdated;
            Assert.True(expected == PasswordHash.Verify(t.Password, t.Stored, new PasswordOptions()), $"{t.By}: {t.Stored} of `{t.Password}`");
            Assert.True(Verdict.Wrong == PasswordHash.Verify(t.Password + "x", t.Stored, new PasswordOptions()), $"{t.By}: {t.Stored} of another than `{t.Password}`");
        });
    }

    [Fact]
    public void Bar_03_the_three_thousand_most_frequent_passwords_are_refused()
    {
        PublishedClients.Require();
        var options = new SluiceAuthOptions { Passwords = { MinimumLength = 8 } };
        var frequent = answers.Texts("frequent").ToList();

        Assert.Equal(3000, frequent.Count);
        Assert.All(frequent, p => Assert.Equal(p.Length < 8 ? "length" : "common", PasswordRules.Check(p, options)?.Reason));
        Assert.All(frequent, p => Assert.Equal(p.Length < 8 ? "length" : "common", PasswordRules.Check(p.ToUpperInvariant(), options)?.Reason));
    }

    /// <summary>What one process with all the libraries said.</summary>
    public sealed class Answers : IAsyncLifetime
    {
        private JsonElement answer;

        internal IReadOnlyList<(string Password, string Stored)> Ours { get; private set; } = [];

        internal IEnumerable<(string By, string Password, string Stored)> Theirs =>
            answer.GetProperty("theirs").EnumerateArray().Select(t => (t.GetProperty("by").GetString()!, t.GetProperty("password").GetString()!, t.GetProperty("stored").GetString()!));

        public IEnumerable<string> Texts(string name) => answer.GetProperty(name).EnumerateArray().Select(t => t.GetString()!);

        public async ValueTask InitializeAsync()
        {
            if (!PublishedClients.AreHere)
            {
                return;
            }

            Ours = [.. Passwords.SelectMany(Make)];
            answer = await PublishedClients.AskAsync("hashes.mjs", new
            {
                ours = Ours.Select(o => new { password = o.Password, other = "y" + o.Password[1..], stored = o.Stored }),
                passwords = Passwords,
            });
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static IEnumerable<(string, string)> Make(string password)
        {
            yield return (password, PasswordHash.Make(password, new PasswordOptions { Algorithm = PasswordAlgorithm.Argon2id }));
            yield return (password, PasswordHash.Make(password, new PasswordOptions { Algorithm = PasswordAlgorithm.Pbkdf2 }));
            if (Bcrypt.Fits(PasswordHash.Bytes(password)))
            {
                yield return (password, PasswordHash.Make(password, new PasswordOptions { Algorithm = PasswordAlgorithm.Bcrypt, BcryptCost = 5 }));
            }
        }
    }
}
