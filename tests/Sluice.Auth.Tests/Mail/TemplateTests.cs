using Microsoft.Extensions.Options;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

public sealed class TemplateTests
{
    public static TheoryData<string, string> EveryKindAndLanguage() => [.. from kind in LetterKind.All.Keys from culture in new[] { "en", "de" } select (kind, culture)];

    [Theory, MemberData(nameof(EveryKindAndLanguage))]
    public void Every_mail_says_what_it_must_in_both_languages(string kind, string culture)
    {
        var (must, may) = LetterKind.All[kind];
        var values = must.Concat(may).ToDictionary(n => n, n => n == "link" ? "https://app.example.com/x?token=abc" : $"the-{n}");

        var mail = Make().Write(new DueLetter("1", "ada@example.com", kind, culture, null, 1, default, 0), values);

        Assert.Contains("Example", mail.Subject, StringComparison.Ordinal);
        Assert.All(must, m => Assert.Contains(values[m], mail.Text, StringComparison.Ordinal));
        Assert.DoesNotContain("{{", mail.Text + mail.Html + mail.Subject, StringComparison.Ordinal);
        Assert.Contains($"<html lang=\"{culture}\">", mail.Html, StringComparison.Ordinal);
        Assert.Equal(must.Contains("link"), mail.Html.Contains("<a href=\"https://app.example.com/x?token=abc\">", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_letter_brings_what_its_template_may_ask_for_and_nothing_else()
    {
        var options = Options.Create(new SluiceAuthOptions { DatabaseUrl = "postgresql://nobody@localhost/none" });
        await using var database = new AuthDatabase(options, TimeProvider.System);
        var (letters, client) = (new Letters(database, Make(), options), new Client("192.0.2.1", "a browser", "1"));
        Letter[] all =
        [
            letters.Confirm("to", "token", "code", client), letters.Known("to", client), letters.NameTaken("to", "ada", client), letters.Reset("to", "token", client),
            letters.ChangeOld("to", "1", "address", "token", client), letters.ChangeNew("to", "1", "token", client), letters.Changed("to", "1", "address", client), letters.Invite("to", "token", TimeSpan.FromDays(7)),
            .. new[] { LetterKind.PasswordChanged, LetterKind.NewSignIn, LetterKind.NewCountry, LetterKind.SessionStolen, LetterKind.FactorsChanged, LetterKind.RecoveryCodeUsed, LetterKind.IdentitiesChanged }.Select(k => letters.Notice(k, "to", "1", client)),
        ];

        Assert.Equal(
            LetterKind.All.Select(k => Said(k.Key, k.Value.Must.Concat(k.Value.May))).Order(StringComparer.Ordinal),
            all.Select(l => Said(l.Template, l.Values.Keys)).Order(StringComparer.Ordinal));

        static string Said(string kind, IEnumerable<string> values) => $"{kind}: {string.Join(' ', values.Order(StringComparer.Ordinal))}";
    }

    [Theory]
    [InlineData("de-AT,en;q=0.5", "de")]
    [InlineData("fr, de;q=0.3, en;q=0.8", "en")]
    [InlineData("de;q=0, en", "en")]
    [InlineData("de;q=a", "en")]
    [InlineData("fr", "en")]
    [InlineData("", "en")]
    [InlineData(null, "en")]
    public void The_language_is_the_first_of_those_wished_for_that_there_is(string? accepted, string expected) => Assert.Equal(expected, Make().Culture(accepted));

    [Fact]
    public void A_file_of_the_host_takes_the_place_of_ours_and_may_add_a_language()
    {
        using var folder = new TemplateFolder(
            ("reset.en.txt", "Subject: Reset\n\n{{link}}\n"), ("reset.en.html", "<p class=\"ours\">{{link}}</p>"), ("reset.fr.txt", "Subject: Mot de passe\n\n{{link}}\n"), ("pages.fr.txt", "reset.title: Mot de passe\n"));
        var templates = Make(folder.Path);

        Assert.Equal("<p class=\"ours\">https://a/?x=1&amp;y=2</p>", Write("en").Html);
        Assert.Equal("Mot de passe", Write(templates.Culture("fr-CA")).Subject);
        Assert.Equal(("Mot de passe", "Set password"), (templates.Say("fr", "reset.title"), templates.Say("fr", "reset.button")));

        OutgoingMail Write(string culture) =>
            templates.Write(new DueLetter("1", "ada@example.com", LetterKind.Reset, culture, null, 1, default, 0), new Dictionary<string, string> { ["link"] = "https://a/?x=1&y=2" });
    }

    [Theory]
    [InlineData("reset.en.txt", "Subject: Reset\n\nno link\n", "leaves out {{link}}")]
    [InlineData("reset.en.txt", "Subject: Reset\n\n{{link}} {{password}}\n", "asks for {{password}}")]
    [InlineData("reset.en.txt", "{{link}}\n", "does not begin with `Subject: …`")]
    [InlineData("rest.en.txt", "Subject: x\n\n{{link}}\n", "is for no mail there is")]
    [InlineData("pages.en.txt", "reset\n", "Write `key: words`")]
    public void A_mistake_in_a_template_is_said_at_start(string file, string text, string expected)
    {
        using var folder = new TemplateFolder((file, text));

        Assert.Contains(expected, Assert.Throws<AuthSetupException>(() => Make(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_the_options_of_mail_is_said_with_what_to_set()
    {
        var options = new SluiceAuthOptions
        {
            Mail =
            {
                Folder = "/tmp", Smtp = { Host = "smtp.example.com", StartTls = false, Port = 0 }, LinkBase = "http://example.com/", BounceSecret = "short", ResetLifetime = TimeSpan.FromDays(1), Templates = "/nowhere", Look = default,
            },
        };

        var said = string.Join('\n', new OptionsCheck().Validate(null, options).Failures!);

        foreach (var word in new[] { "more than one sender", "Mail.From is", "Mail.LinkBase is", "Set StartTls", "Mail.Smtp.Port", "BounceSecret", "Mail's tokens hold", "BouncesBeforeSilence", "no folder" })
        {
            Assert.Contains(word, said, StringComparison.Ordinal);
        }
    }

    private static Templates Make(string folder = "") => new(Options.Create(new SluiceAuthOptions { Mail = { Templates = folder, From = "no-reply@example.com", Product = "Example" } }));

    private sealed class TemplateFolder : IDisposable
    {
        public TemplateFolder(params (string Name, string Text)[] files)
        {
            foreach (var (name, text) in files)
            {
                File.WriteAllText(System.IO.Path.Combine(Path, name), text);
            }
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("sluice-templates-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
