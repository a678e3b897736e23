using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Mail;

/// <summary>
/// What mails and pages say, by name and language: files of the host's folder before ours. All are read at start, so that a
/// mistake in one is said then. Values are encoded wherever they meet HTML, and have no line breaks.
/// </summary>
internal sealed partial class Templates
{
    private readonly MailOptions options;
    private readonly string product;
    private readonly string layout;
    private readonly Dictionary<string, LetterTemplate> letters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> pages = new(StringComparer.Ordinal);

    /// <exception cref="AuthSetupException">A template asks for what there is not, or leaves out what must be said.</exception>
    public Templates(IOptions<SluiceAuthOptions> all)
    {
        options = all.Value.Mail;
        product = options.Product.Length > 0 ? options.Product : Uri.TryCreate(options.LinkBase.Length > 0 ? options.LinkBase : all.Value.Issuer, UriKind.Absolute, out var link) ? link.Host : "";
        var files = TemplateFiles.Read(options.Templates);
        layout = files["layout.html"];
        foreach (var (name, text) in files.Where(f => f.Key.EndsWith(".txt", StringComparison.Ordinal)))
        {
            var parts = name.Split('.');
            if (parts is ["pages", var language, _])
            {
                pages[language] = TemplateFiles.Lines(name, text);
            }
            else
            {
                letters[name[..^4]] = LetterTemplate.Parse(name, text, files.GetValueOrDefault($"{name[..^4]}.html"));
            }
        }

        if (!pages.ContainsKey(options.Culture))
        {
            throw new AuthSetupException($"Mail.Culture is `{options.Culture}`, and there is no pages.{options.Culture}.txt. Set one of {string.Join(", ", pages.Keys.Order(StringComparer.Ordinal))}, or add its files to Mail.Templates.");
        }
    }

    /// <summary>Those there are, in lower case.</summary>
    public IEnumerable<string> Cultures => pages.Keys;

    /// <summary>The language in which somebody is written to, of those there are.</summary>
    /// <param name="accepted">As a browser says it: `de-AT,de;q=0.9,en;q=0.5`.</param>
    public string Culture(string? accepted) => (accepted ?? "").Split(',').Take(10)
        .Select(part => part.Split(';'))
        .Select(part => (Tag: part[0].Trim().ToLowerInvariant(), Weight: Weight(part)))
        .Where(wish => wish.Weight > 0)
        .OrderByDescending(wish => wish.Weight)
        .SelectMany(wish => new[] { wish.Tag, wish.Tag.Split('-')[0] })
        .FirstOrDefault(pages.ContainsKey, options.Culture);

    public OutgoingMail Write(DueLetter letter, IReadOnlyDictionary<string, string> values)
    {
        var template = letters.GetValueOrDefault($"{letter.Template}.{letter.Culture}") ?? letters.GetValueOrDefault($"{letter.Template}.{options.Culture}") ?? letters[$"{letter.Template}.en"];
        var filled = values.Append(KeyValuePair.Create("product", product)).ToDictionary(v => v.Key, v => OneLine(v.Value), StringComparer.Ordinal);
        var subject = Fill(template.Subject, filled, plain => plain);
        return new OutgoingMail(
            letter.Id,
            MessageId(letter.Id),
            letter.To,
            subject,
            Fill(template.Text, filled, plain => plain),
            template.Html is { } html ? Fill(html, filled, WebUtility.HtmlEncode) : Around(letter.Culture, subject, string.Concat(Paragraphs(template.Text, filled))),
            letter.Culture);
    }

    public string MessageId(string id) => $"<{id}@{new MailAddress(options.From).Host}>";

    /// <summary>A page's words: those of its language, of the host's, of ours.</summary>
    public string Say(string culture, string key) =>
        Fill(Words(culture, key) ?? Words(options.Culture, key) ?? pages["en"][key], new Dictionary<string, string> { ["product"] = product }, plain => plain);

    private string? Words(string culture, string key) => pages.GetValueOrDefault(culture)?.GetValueOrDefault(key);

    /// <summary>The layout around HTML.</summary>
    public string Around(string culture, string title, string body) =>
        Placeholder().Replace(layout, m => m.Groups[1].Value switch { "culture" => WebUtility.HtmlEncode(culture), "title" => WebUtility.HtmlEncode(title), _ => body });

    // The text as HTML: a paragraph that is nothing but the link is one.
    private static IEnumerable<string> Paragraphs(string text, Dictionary<string, string> values) =>
        from paragraph in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        select paragraph switch
        {
            "{{link}}" => $"<p><a href=\"{WebUtility.HtmlEncode(values["link"])}\">{WebUtility.HtmlEncode(values["link"])}</a></p>\n",
            "{{code}}" => $"<p><strong>{WebUtility.HtmlEncode(values["code"])}</strong></p>\n",
            _ => $"<p>{Fill(WebUtility.HtmlEncode(paragraph), values, WebUtility.HtmlEncode).Replace("\n", "<br>\n", StringComparison.Ordinal)}</p>\n",
        };

    private static string Fill(string text, IReadOnlyDictionary<string, string> values, Func<string, string> encode) =>
        Placeholder().Replace(text, m => encode(values.GetValueOrDefault(m.Groups[1].Value) ?? ""));

    private static string OneLine(string value) => string.Create(value.Length, value, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = char.IsControl(from[i]) || from[i] is '\u2028' or '\u2029' ? ' ' : from[i];
        }
    });

    private static double Weight(string[] part) =>
        part.Length < 2 ? 1 : double.TryParse(part[1].Trim().TrimStart('q', '=').Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) ? weight : 0;

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    internal static partial Regex Placeholder();
}
