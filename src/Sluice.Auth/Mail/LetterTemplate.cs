using Sluice.Auth.Storage;

namespace Sluice.Auth.Mail;

/// <summary>A file: `Subject: …`, an empty line, the text. HTML is made of the text where there is no .html file beside it.</summary>
internal sealed record LetterTemplate(string Subject, string Text, string? Html)
{
    private const string Head = "Subject: ";

    /// <param name="file">`reset.de.txt`.</param>
    public static LetterTemplate Parse(string file, string text, string? html)
    {
        if (file.Split('.') is not [var kind, { Length: > 0 }, _] || !LetterKind.All.TryGetValue(kind, out var words))
        {
            throw new AuthSetupException($"The template {file} is for no mail there is. Name it `kind.language.txt`, with a kind of {string.Join(", ", LetterKind.All.Keys)}, or take it away.");
        }

        var lines = text.ReplaceLineEndings("\n").Split('\n');
        if (lines.Length < 3 || !lines[0].StartsWith(Head, StringComparison.Ordinal) || lines[1].Length > 0)
        {
            throw new AuthSetupException($"The template {file} does not begin with `{Head}…` and an empty line. Write them, then the text.");
        }

        var template = new LetterTemplate(lines[0][Head.Length..].Trim(), string.Join('\n', lines[2..]).TrimEnd() + "\n", html);
        foreach (var (name, part) in new[] { (file, template.Text), (Path.ChangeExtension(file, "html"), html) }.Where(p => p.Item2 is not null))
        {
            var asked = Templates.Placeholder().Matches(template.Subject + part).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
            if (asked.Except([.. words.Must, .. words.May, "product"]).ToList() is { Count: > 0 } unknown)
            {
                throw new AuthSetupException($"The template {name} asks for {string.Join(", ", unknown.Select(u => $"{{{{{u}}}}}"))}, which this mail has not. It has {string.Join(", ", words.Must.Concat(words.May).Append("product"))}.");
            }

            if (words.Must.Except(asked).ToList() is { Count: > 0 } missing)
            {
                throw new AuthSetupException($"The template {name} leaves out {string.Join(", ", missing.Select(u => $"{{{{{u}}}}}"))}, without which the mail is of no use. Add it.");
            }
        }

        return template;
    }
}
