using System.Text;

namespace Sluice.Cli.Projects;

/// <summary>
/// Finds `key: "text"` in a JavaScript object without running it: string literals, `env("X")`, `process.env.X` and
/// `path.join("a", "b")`. Everything else is passed over.
/// </summary>
internal sealed class ConfigScanner
{
    private readonly List<string> tokens;
    private readonly Dictionary<string, ConfigText> values = new(StringComparer.Ordinal);

    private ConfigScanner(List<string> tokens) => this.tokens = tokens;

    /// <summary>Values by dotted path (`migrations.path`).</summary>
    public static Dictionary<string, ConfigText> Scan(string text)
    {
        var scanner = new ConfigScanner(Tokens(text));
        var start = scanner.Start();
        scanner.Object(start);
        return scanner.values;
    }

    // The configuration is the object given to `defineConfig`, else the one that is exported.
    private int Start()
    {
        for (var i = 0; i + 2 < tokens.Count; i++)
        {
            if (tokens[i] == "defineConfig" && tokens[i + 1] == "(" && tokens[i + 2] == "{")
            {
                return i + 3;
            }
        }

        var exported = tokens.IndexOf("default");
        var brace = exported < 0 ? -1 : tokens.IndexOf("{", exported);
        return brace < 0 ? tokens.Count : brace + 1;
    }

    // Keys matter only directly inside the braces; brackets and calls hold other things.
    private void Object(int position)
    {
        var path = new List<string>();
        var other = 0;
        for (var i = position; i < tokens.Count; i++)
        {
            switch (tokens[i])
            {
                case "(" or "[":
                    other++;
                    break;
                case ")" or "]":
                    other--;
                    break;
                case "{":
                    path.Add("?");
                    break;
                case "}" when path.Count == 0:
                    return;
                case "}":
                    path.RemoveAt(path.Count - 1);
                    break;
                case ":" when other == 0 && i + 1 < tokens.Count && tokens[i - 1].TrimStart('"') is { Length: > 0 } key:
                    if (tokens[i + 1] == "{")
                    {
                        path.Add(key);
                        i++;
                    }
                    else if (Value(i + 1) is { } value)
                    {
                        values.TryAdd(string.Join('.', path.Append(key)), value);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private ConfigText? Value(int position)
    {
        var rest = tokens.Skip(position).TakeWhile(t => t is not ("," or "}")).ToList();
        if (rest is [['"', .. var text], ..])
        {
            return new ConfigText(text, null);
        }

        if (rest is ["process", ".", "env", ".", var name, ..])
        {
            return new ConfigText(null, name);
        }

        if (rest is ["process", ".", "env", "[", ['"', .. var quoted], ..])
        {
            return new ConfigText(null, quoted);
        }

        var call = tokens.Skip(position).TakeWhile(t => t is not ")").ToList();
        if (call is ["env", .., ['"', .. var variable]])
        {
            return new ConfigText(null, variable);
        }

        var function = call.TakeWhile(t => t is not "(").LastOrDefault();
        var parts = call.Where(t => t.StartsWith('"')).Select(t => t[1..]).ToList();
        return function is "join" or "resolve" && parts.Count > 0 ? new ConfigText(string.Join('/', parts), null) : null;
    }

    // Strings come out as `"` plus their value, words and marks as they are; comments are dropped.
    private static List<string> Tokens(string text)
    {
        var tokens = new List<string>();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '/' && i + 1 < text.Length && text[i + 1] is '/' or '*')
            {
                var end = text[i + 1] == '/' ? text.IndexOf('\n', i) : text.IndexOf("*/", i + 2, StringComparison.Ordinal) + 1;
                i = end <= 0 ? text.Length : end;
            }
            else if (c is '"' or '\'' or '`')
            {
                var value = new StringBuilder("\"");
                for (i++; i < text.Length && text[i] != c; i++)
                {
                    if (text[i] == '\\' && i + 1 < text.Length)
                    {
                        i++;
                    }

                    value.Append(text[i]);
                }

                tokens.Add(value.ToString());
            }
            else if (char.IsLetter(c) || c is '_' or '$')
            {
                var start = i;
                while (i + 1 < text.Length && (char.IsLetterOrDigit(text[i + 1]) || text[i + 1] is '_' or '$'))
                {
                    i++;
                }

                tokens.Add(text[start..(i + 1)]);
            }
            else if (!char.IsWhiteSpace(c))
            {
                tokens.Add(c.ToString());
            }
        }

        return tokens;
    }
}
