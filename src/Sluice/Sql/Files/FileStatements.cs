using System.Collections.Immutable;
using System.Text;
using Sluice.Catalog;
using Sluice.Sql.Lexing;
using Sluice.Sql.Objects;
using Sluice.Text;

namespace Sluice.Sql.Files;

/// <summary>The statements of SQL files, some of them about to be replaced, taken out or added. All else in the files stays as it is.</summary>
internal sealed class FileStatements
{
    private readonly ImmutableArray<SourceText> files;
    private readonly List<Standing> statements = [];
    private readonly ILookup<string, Standing> bySpelling;
    private readonly ILookup<string, Standing> bySubject;
    private readonly SortedDictionary<string, List<string>> added = new(StringComparer.Ordinal);
    private readonly string defaultSchema;

    /// <param name="Replacement">Null for what stays, empty for what goes.</param>
    private sealed record Standing(string Path, TextSpan Span, string Spelling, string? Subject)
    {
        public string? Replacement { get; set; }
    }

    public FileStatements(ImmutableArray<SourceText> files, string defaultSchema)
    {
        this.files = files;
        this.defaultSchema = defaultSchema;
        foreach (var file in files)
        {
            foreach (var statement in StatementSplitter.Split(file.Text))
            {
                var text = statement.Text(file.Text);
                statements.Add(new Standing(file.Path, statement.Span, Spelled(text), StatementSubject.Of(text, defaultSchema)));
            }
        }

        bySpelling = statements.ToLookup(s => s.Spelling, StringComparer.Ordinal);
        bySubject = statements.Where(s => s.Subject is not null).ToLookup(s => s.Subject!, StringComparer.Ordinal);
    }

    /// <summary>Whether it is known which statements declare an object.</summary>
    public bool Declare(SqlObject item) => Of(item).Length > 0;

    /// <summary>Puts other statements in place of those that declare an object; none to take them out.</summary>
    public void Replace(SqlObject item, ImmutableArray<string> commands)
    {
        var found = Of(item);
        foreach (var statement in found)
        {
            statement.Replacement = "";
        }

        found[0].Replacement = string.Join(";\n", commands.Select(Trimmed));
    }

    /// <summary>Takes out the statements with a subject; false where there are none.</summary>
    public bool Remove(string statement)
    {
        if (StatementSubject.Of(statement, defaultSchema) is not { } subject || !bySubject.Contains(subject))
        {
            return false;
        }

        foreach (var standing in bySubject[subject])
        {
            standing.Replacement = "";
        }

        return true;
    }

    public void Remove(string path, TextSpan span) => statements.First(s => s.Path == path && s.Span == span).Replacement = "";

    /// <summary>Adds statements at the end of a file, which may be a new one.</summary>
    public void Add(string path, ImmutableArray<string> commands)
    {
        if (!added.TryGetValue(path, out var list))
        {
            added[path] = list = [];
        }

        list.AddRange(commands.Select(Trimmed));
    }

    /// <summary>The files with all that was asked for; new ones come last.</summary>
    public ImmutableArray<SourceText> Files(string heading)
    {
        var known = files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. files.Select(f => new SourceText(f.Path, Appended(Edited(f), added.GetValueOrDefault(f.Path) ?? []))),
            .. added.Where(a => !known.Contains(a.Key)).Select(a => new SourceText(a.Key, Appended(heading, a.Value))),
        ];
    }

    // What it was written as, else the only statement about the same thing.
    private ImmutableArray<Standing> Of(SqlObject item)
    {
        var commands = ObjectSql.Create(item);
        var spelled = commands.SelectMany(c => bySpelling[Spelled(c)].Take(1)).ToImmutableArray();
        return commands.IsEmpty ? []
            : spelled.Length == commands.Length ? spelled
            : StatementSubject.Of(commands[0], defaultSchema) is { } subject && bySubject[subject].ToList() is [var only] ? [only]
            : [];
    }

    private static string Spelled(string statement) => string.Join(' ', SqlTokens.Of(statement).Select(t => t[0] is '"' or '\'' or '$' ? t : t.ToUpperInvariant()));

    private string Edited(SourceText file)
    {
        var text = new StringBuilder(file.Text);
        foreach (var statement in statements.Where(s => s.Path == file.Path && s.Replacement is not null).OrderByDescending(s => s.Span.Start))
        {
            var (start, end) = (statement.Span.Start, statement.Span.End);
            if (statement.Replacement is "")
            {
                (start, end) = WithItsLines(file.Text, start, end);
            }

            text.Remove(start, end - start).Insert(start, statement.Replacement);
        }

        return text.ToString();
    }

    /// <summary>With the semicolon, the rest of its lines where they are blank, and the empty line after it.</summary>
    private static (int Start, int End) WithItsLines(string text, int start, int end)
    {
        var semicolon = end;
        while (semicolon < text.Length && char.IsWhiteSpace(text[semicolon]))
        {
            semicolon++;
        }

        end = semicolon < text.Length && text[semicolon] is ';' ? semicolon + 1 : end;
        var lineStart = start;
        while (lineStart > 0 && text[lineStart - 1] is ' ' or '\t')
        {
            lineStart--;
        }

        var lineEnd = Blank(text, end);
        if ((lineStart > 0 && text[lineStart - 1] is not '\n') || (lineEnd < text.Length && text[lineEnd] is not '\n'))
        {
            return (start, end);
        }

        var after = Math.Min(text.Length, lineEnd + 1);
        var next = Blank(text, after);
        var parted = lineStart == 0 || (lineStart > 1 && text[lineStart - 2] is '\n');
        return (lineStart, parted && next < text.Length && text[next] is '\n' ? next + 1 : after);
    }

    private static int Blank(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r')
        {
            at++;
        }

        return at;
    }

    // An empty line parts what takes more than one.
    private static string Appended(string before, List<string> commands)
    {
        var text = new StringBuilder(before);
        if (commands.Count > 0 && text.Length > 0 && text[^1] is not '\n')
        {
            text.Append('\n');
        }

        var wasLong = true;
        foreach (var command in commands)
        {
            var isLong = command.Contains('\n', StringComparison.Ordinal);
            var parted = text.Length == 0 || (text.Length > 1 && text[^1] is '\n' && text[^2] is '\n');
            text.Append((isLong || wasLong) && !parted ? "\n" : "").Append(command).Append(";\n");
            wasLong = isLong;
        }

        return text.ToString();
    }

    private static string Trimmed(string command) => command.TrimEnd();
}
