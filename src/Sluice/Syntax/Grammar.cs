using System.Collections.Immutable;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>
/// Prisma's grammar: alternatives in order, the first that matches wins, and what matches none is one unreadable line.
/// It only recognises; <see cref="SchemaParser"/> says what is wrong.
/// </summary>
internal sealed partial class Grammar(string text)
{
    private readonly Scanner scanner = new(text);
    private readonly int[] unclosedFrom = [int.MaxValue, int.MaxValue, int.MaxValue];

    public ImmutableArray<Piece> ReadFile()
    {
        var pieces = ImmutableArray.CreateBuilder<Piece>();
        scanner.Take("\uFEFF");
        for (scanner.SkipBlanks(); !scanner.AtEnd; scanner.SkipBlanks())
        {
            pieces.Add(Block() ?? TypeAlias() ?? UnknownBlock() ?? Comments() ?? (Piece?)EmptyLines() ?? Unreadable());
        }

        return pieces.ToImmutable();
    }

    private Piece? Block()
    {
        var start = scanner.Position;
        if (Keyword() is not { } keyword)
        {
            return null;
        }

        scanner.SkipBlanks();
        if (scanner.TakeIdentifier() is { } name && OpeningBrace() is { } afterBrace && Contents(keyword) is { } contents)
        {
            return new Piece.Block(From(start), keyword, name, afterBrace, contents);
        }

        return Fail(start);
    }

    // A keyword needs no blank after it: `modelA {` is the model A, to Prisma too.
    private BlockKeyword? Keyword() => scanner.Current switch
    {
        'm' when scanner.Take("model") => BlockKeyword.Model,
        't' when scanner.Take("type") => BlockKeyword.Type,
        'v' when scanner.Take("view") => BlockKeyword.View,
        'e' when scanner.Take("enum") => BlockKeyword.Enum,
        'd' when scanner.Take("datasource") => BlockKeyword.Datasource,
        'g' when scanner.Take("generator") => BlockKeyword.Generator,
        _ => null,
    };

    private TextSpan? OpeningBrace()
    {
        scanner.SkipBlanks();
        if (!scanner.Take("{"))
        {
            return null;
        }

        var rest = scanner.RestOfLine();
        return scanner.TakeNewline() ? rest : null;
    }

    /// <summary>Everything up to the closing brace, which must begin an item; null when the file ends first.</summary>
    private ImmutableArray<Piece>? Contents(BlockKeyword keyword)
    {
        var start = scanner.Position;
        Func<Piece?> line = keyword switch
        {
            BlockKeyword.Enum => EnumValue,
            BlockKeyword.Datasource or BlockKeyword.Generator => Property,
            _ => Field,
        };

        // A block found open to the end of the file means that the later ones are too. Without this, a file of nothing
        // but opening lines would be read once for each of them.
        ref var unclosed = ref unclosedFrom[keyword switch
        {
            BlockKeyword.Enum => 0,
            BlockKeyword.Datasource or BlockKeyword.Generator => 1,
            _ => 2,
        }];
        if (start >= unclosed)
        {
            return null;
        }

        var hasAttributes = keyword is not (BlockKeyword.Datasource or BlockKeyword.Generator);
        var pieces = ImmutableArray.CreateBuilder<Piece>();
        for (scanner.SkipBlanks(); !scanner.AtEnd; scanner.SkipBlanks())
        {
            if (scanner.Take("}"))
            {
                return pieces.ToImmutable();
            }

            pieces.Add(line() ?? (hasAttributes ? BlockAttribute() : null) ?? Comments() ?? (Piece?)EmptyLines() ?? Unreadable());
        }

        unclosed = start;
        return null;
    }

    private Piece? TypeAlias()
    {
        var start = scanner.Position;
        if (!scanner.Take("type"))
        {
            return null;
        }

        scanner.SkipBlanks();
        if (scanner.TakeIdentifier() is null || !TakeSign("=") || BaseType() is null)
        {
            return Fail(start);
        }

        // The blanks where a list of arguments could still have come are part of it.
        if (FieldAttributes() is not [.., { HasParentheses: true }])
        {
            scanner.SkipBlanks();
        }

        return new Piece.TypeAlias(From(start));
    }

    private Piece? UnknownBlock()
    {
        var start = scanner.Position;
        return scanner.TakeIdentifier() is not null && OpeningBrace() is not null && scanner.TakeThroughClosingBrace()
            ? new Piece.UnknownBlock(From(start))
            : Fail(start);
    }

    private Piece.Comments? Comments()
    {
        var start = scanner.Position;
        var items = ImmutableArray.CreateBuilder<Comment>();
        while (scanner.TakeComment() is { } comment)
        {
            items.Add(comment);
            scanner.TakeNewline();
        }

        return items.Count == 0 ? null : new Piece.Comments(From(start), items.ToImmutable());
    }

    private Piece.EmptyLines? EmptyLines() => scanner.TakeEmptyLines() is { } span ? new Piece.EmptyLines(span) : null;

    private Piece.Unreadable Unreadable()
    {
        var start = scanner.Position;
        scanner.RestOfLine();
        scanner.TakeNewline();
        var span = From(start);
        return new Piece.Unreadable(span, span.Contains(deepest));
    }

    private bool TakeSign(string sign)
    {
        scanner.SkipBlanks();
        return scanner.Take(sign);
    }

    private Piece? Fail(int start)
    {
        scanner.Position = start;
        return null;
    }

    private TextSpan From(int start) => TextSpan.FromBounds(start, scanner.Position);
}
