using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Revocation;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;

namespace Sluice.Bench.Auth;

/// <summary>The steps of authentication alone, in one thread, without a web server.</summary>
internal static class Micro
{
    private const int Rounds = 15;
    private const string Secret = "a secret of more than 32 bytes, which it must have";

    public static async Task WriteAsync(Field field, double wholeRequest, TextWriter to)
    {
        var rows = await WriteStepsAsync(to);
        var lookUp = await LookUpAsync(field);
        await to.WriteLineAsync(Report.Text($"| session looked up in PostgreSQL, one at a time | {lookUp:0.0} | – | – |\n"));
        await to.WriteLineAsync(Report.Text($"The documents say \"99 % faster\". Of the step of authentication alone that is so: {Less(2):0.0} % less time than the look-up with a token that was seen before, {Less(0):0.0} % with HS256 verified anew, {Less(1):0.0} % with ES256 verified anew. Of a whole request to a server that is fully at work it is {wholeRequest * 100:0} %: the rest of the request costs what it did.\n"));

        double Less(int row) => (1 - (rows[row] / 1000 / lookUp)) * 100;
    }

    /// <returns>Nanoseconds of each.</returns>
    public static async Task<IReadOnlyList<double>> WriteStepsAsync(TextWriter to)
    {
        var (hs256, es256) = (Verifier("HS256"), Verifier("ES256"));
        var revoked = new RevocationList();
        for (var i = 0; i < 10_000; i++)
        {
            revoked.Add(new Revoked(Field.HashOf($"revoked {i}"), DateTimeOffset.MaxValue));
        }

        var memory = new VerifiedTokens(es256.Reader, revoked, new Hearing(TimeSpan.Zero, needsDatabase: false, needsRedis: false), es256.Keys, TimeProvider.System);
        var token = es256.Reader.Read(es256.Token, DateTimeOffset.UtcNow)!;
        var now = DateTimeOffset.UtcNow;
        await using var open = new Pipeline(Pipeline.Design.Open);
        await using var yes = new Pipeline(Pipeline.Design.Yes);
        await using var scheme = new Pipeline(Pipeline.Design.Scheme);
        await using var guarded = new Pipeline(Pipeline.Design.Sluice);
        Step[] steps =
        [
            new("HS256, signature and claims", 1500, 100_000, () => hs256.Reader.IsValid(hs256.Token, now)),
            new("ES256, signature and claims", 0, 2_000, () => es256.Reader.IsValid(es256.Token, now)),
            new("a token that was verified before, time and revocation asked", 150, 1_000_000, () => memory.Verify(es256.Token) is not null),
            new("revocation alone, of 10,000", 50, 2_000_000, () => !token.IsRevokedBy(revoked)),
            new("the HMAC-SHA-256 of an HS256 token alone", 0, 100_000, Mac(hs256.Token)),
            new("ASP.NET Core's pipeline without authentication", 0, 50_000, open.Run),
            new("the same with `UseAuthentication`, `UseAuthorization` and a scheme that says yes to everybody", 0, 50_000, yes.Run),
            new("the same with Sluice.Auth as the scheme", 0, 50_000, scheme.Run),
            new("the same with `UseSluiceTokens` in their place", 0, 50_000, guarded.Run),
        ];
        // In turn, as the machine is slower for seconds at a time: these rows have had the same of it.
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var step in steps)
            {
                step.Run();
            }
        }

        await to.WriteLineAsync("### The steps alone\n\nOne thread, without a web server.\n\n| | µs | aim | bytes allocated |\n|---|--:|--:|--:|");
        foreach (var step in steps)
        {
            await to.WriteLineAsync(Report.Text($"| {step.Title} | {step.Nanoseconds / 1000:0.000} | {(step.Aim > 0 ? Report.Text($"{step.Aim / 1000:0.00}") : "–")} | {step.Bytes:0} |"));
        }

        return [.. steps.Select(s => s.Nanoseconds)];
    }

    private static (KeyRing Keys, TokenReader Reader, string Token) Verifier(string algorithm)
    {
        var options = new SluiceAuthOptions { Issuer = "https://auth.example.com", Audience = "https://api.example.com" };
        var keys = new KeyRing();
        if (algorithm == "HS256")
        {
            keys.Replace([TokenKey.OfSecret(Secret)]);
        }
        else
        {
            var (privateKey, publicKey) = TokenKey.Generate(algorithm);
            keys.Replace([TokenKey.OfPrivate("kid", algorithm, privateKey, publicKey, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)]);
        }

        var (token, _) = new TokenWriter(keys, Options.Create(options), TimeProvider.System).Write(Field.Account, Field.Account, new HeldRoles("user"), Assurance.Password, DateTimeOffset.UtcNow.AddDays(1));
        return (keys, new TokenReader(keys, options.Issuer, options.Audience, options.Tokens.ClockSkew), token);
    }

    private static Func<bool> Mac(string token)
    {
        var (secret, mac) = (new SecretMac(Encoding.UTF8.GetBytes(Secret)), new byte[HMACSHA256.HashSizeInBytes]);
        var signed = Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]);
        return () =>
        {
            secret.Write(signed, mac);
            return true;
        };
    }

    private static async Task<double> LookUpAsync(Field field)
    {
        await using var database = NpgsqlDataSource.Create(Designs.Pool(field.Database, multiplexed: false).ConnectionString);
        var token = (await File.ReadAllLinesAsync(Path.Combine(field.Folder, "before")))[0];
        var rounds = new List<double>();
        for (var round = 0; round < 9; round++)
        {
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < 1000; i++)
            {
                _ = await SessionLookUp.FindAsync(database, token) ?? throw new InvalidOperationException("refused");
            }

            rounds.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds / 1000);
        }

        return Report.Median(rounds);
    }

    private sealed class Step(string title, double aim, int times, Func<bool> step)
    {
        private readonly List<double> rounds = [];

        public string Title => title;

        public double Aim => aim;

        public double Nanoseconds => Report.Median(rounds);

        /// <summary>In the last round, when all has been compiled.</summary>
        public double Bytes { get; private set; }

        public void Run()
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < times; i++)
            {
                if (!step())
                {
                    throw new InvalidOperationException("refused");
                }
            }

            rounds.Add(Stopwatch.GetElapsedTime(began).TotalNanoseconds / times);
            Bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / times;
        }
    }
}
