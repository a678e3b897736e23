using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Importing;

/// <summary>The ways out on docs/auth-import.md, walked: their SQL on tables as those systems have them, its lines imported, the owners signed in.</summary>
public sealed partial class ImportPageTests
{
    private const string Password = "the old system's password";

    private static readonly byte[] Salt = Encoding.ASCII.GetBytes("0123456789abcdef");

    private static string Pbkdf2(HashAlgorithmName algorithm, int length) => Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(Password, Salt, 1000, algorithm, length));

    [Theory, InlineData(PasswordHasherCompatibilityMode.IdentityV2), InlineData(PasswordHasherCompatibilityMode.IdentityV3)]
    public Task The_way_out_of_AspNet_Identity_leads_in(PasswordHasherCompatibilityMode mode) => WalkAsync(
        "ASP.NET Core Identity",
        $"""
        CREATE TABLE "AspNetUsers" ("Id" text, "UserName" text, "Email" text, "PasswordHash" text, "EmailConfirmed" boolean);
        INSERT INTO "AspNetUsers" VALUES
          ('9E107D9D-372B-4C2F-9F3B-5B1A3B0C1D2E', 'ada@example.com', 'Ada@Example.com', '{new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { CompatibilityMode = mode })).HashPassword(new object(), Password)}', true),
          ('9E107D9D-372B-4C2F-9F3B-5B1A3B0C1D2F', 'bob', 'bob@example.com', NULL, false), ('9E107D9D-372B-4C2F-9F3B-5B1A3B0C1D20', 'nobody', NULL, NULL, false)
        """);

    [Fact]
    public Task The_way_out_of_GoTrue_leads_in() => WalkAsync(
        "GoTrue",
        $$"""
        CREATE SCHEMA auth;
        CREATE TABLE auth.users (id uuid, email varchar(255), raw_user_meta_data jsonb, encrypted_password varchar(255), email_confirmed_at timestamptz, created_at timestamptz, last_sign_in_at timestamptz, deleted_at timestamptz);
        INSERT INTO auth.users VALUES
          (gen_random_uuid(), 'ada@example.com', '{"full_name": "Ada Lovelace"}', '{{BcryptOf}}', now() - interval '3 days', now() - interval '4 days', now() - interval '1 day', NULL),
          (gen_random_uuid(), 'bob@example.com', '{}', '', NULL, now() - interval '4 days', NULL, NULL), (gen_random_uuid(), 'cy@example.com', NULL, '', NULL, now(), NULL, now())
        """);

    [Fact]
    public Task The_way_out_of_Keycloak_leads_in() => WalkAsync(
        "Keycloak",
        $$"""
        CREATE TABLE user_entity (id varchar(36), email varchar(255), username varchar(255), email_verified boolean, enabled boolean, realm_id varchar(255));
        CREATE TABLE credential (id varchar(36), user_id varchar(36), type varchar(255), credential_data text, secret_data text);
        INSERT INTO user_entity VALUES ('9e107d9d-372b-4c2f-9f3b-5b1a3b0c1d2e', 'ada@example.com', 'ada', true, true, '…'), ('9e107d9d-372b-4c2f-9f3b-5b1a3b0c1d2f', 'bob@example.com', 'bob@example.com', false, true, '…');
        INSERT INTO credential VALUES ('1', '9e107d9d-372b-4c2f-9f3b-5b1a3b0c1d2e', 'password', '{"hashIterations": 1000, "algorithm": "pbkdf2-sha512", "additionalParameters": {} }',
          '{"value": "{{Pbkdf2(HashAlgorithmName.SHA512, 64)}}", "salt": "{{Convert.ToBase64String(Salt)}}", "additionalParameters": {} }')
        """);

    [Fact]
    public Task The_way_out_of_Django_leads_in() => WalkAsync(
        "Django",
        $"""
        CREATE TABLE auth_user (id int, email varchar(254), username varchar(150), password varchar(128), is_active boolean, date_joined timestamptz, last_login timestamptz);
        INSERT INTO auth_user VALUES
          (1, 'ada@example.com', 'ada', 'pbkdf2_sha256$1000$0123456789abcdef${Pbkdf2(HashAlgorithmName.SHA256, 32)}', true, now() - interval '4 days', now() - interval '1 day'),
          (2, 'bob@example.com', 'bob', '!unusable', true, now() - interval '4 days', NULL), (3, '', 'nobody', '!', true, now(), NULL)
        """);

    private static string BcryptOf => Auth.Passwords.Bcrypt.Hash(Encoding.UTF8.GetBytes(Password), 4);

    private static async Task WalkAsync(string heading, string old)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/auth-import.md"));
        var sql = Block().Match(page[page.IndexOf($"**{heading}", StringComparison.Ordinal)..]).Groups[1].Value;
        var lines = new StringBuilder();
        await using (var theirs = await TestDatabase.CreateAsync())
        {
            await theirs.ExecuteAsync(old);
            await using var command = theirs.Source.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                lines.Append(reader.GetString(0)).Append('\n');
            }
        }

        await using var import = await Importing.StartAsync();
        var imported = await import.RunAsync(lines.ToString());

        Assert.Equal(("2 lines: 2 added, 0 updated, 0 there already, 0 skipped, 0 rejected", ""), (imported.Said, imported.Progress));
        await import.Node.LoginAsync(password: Password);
        Assert.Equal(1, await import.CountAsync("email = 'bob@example.com' AND \"passwordHash\" IS NULL"));
    }

    [GeneratedRegex("```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
