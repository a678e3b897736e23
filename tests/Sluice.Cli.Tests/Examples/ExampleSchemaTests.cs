namespace Sluice.Cli.Tests.Examples;

public sealed class ExampleSchemaTests
{
    public static TheoryData<string> Examples() => [.. Example.WithSchema];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Its_schema_is_valid_and_laid_out_the_standard_way(string name)
    {
        using var work = new Workspace();
        var example = new Example(name);
        (await work.RunAsync("validate", "--schema", example.Schema)).Ends(0);
        (await work.RunAsync("format", "--check", "--schema", example.Schema)).Ends(0);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Its_migrations_make_what_its_schema_asks_for(string name)
    {
        await using var work = await LiveWorkspace.CreateAsync();
        var example = new Example(name);
        string[] diff = ["migrate", "diff", "--from-migrations", example.Migrations, "--to-schema", example.Schema, "--exit-code"];
        if (name != "schema-drift")
        {
            (await work.RunAsync(diff)).Ends(0);
            return;
        }

        (await work.RunAsync(diff)).Ends(2);
        var drift = (await work.RunAsync([.. diff, "--script"])).Ends(2).Output;
        Assert.Equal(
            ["EmailStatus", "NotificationType", "Theme", "audit_logs", "backup_codes", "email_logs", "notifications", "password_reset_tokens", "sessions", "user_preferences"],
            Lines(drift, "CREATE T").Select(l => l.Split('"')[1]).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["email_verified", "last_login_at", "profile_picture", "two_factor_enabled", "two_factor_secret"],
            Lines(drift, "ADD COLUMN").Select(l => l[l.IndexOf("ADD COLUMN", StringComparison.Ordinal)..].Split('"')[1]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("DROP", drift, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lines(string text, string with) => text.Split('\n').Where(l => l.Contains(with, StringComparison.Ordinal));
}
