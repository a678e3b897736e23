using Sluice.Catalog;
using Sluice.Text;

namespace Sluice.Diff.Renames;

/// <summary>One thing goes and one of its kind comes: perhaps it is the same under another name. Only a person knows.</summary>
/// <param name="Score">From 0 to 1: how much the two have in common.</param>
/// <param name="Reasons">What they have in common, in words.</param>
public sealed record RenameCandidate(Rename Rename, double Score, EquatableArray<string> Reasons)
{
    /// <summary>The table or enum, as the database still calls it, that holds the column or value, or that is meant itself.</summary>
    public required ObjectName Holder { get; init; }

    /// <summary>`table`, `column`, `enum` or `enum value`.</summary>
    public string Kind => Rename switch
    {
        Rename.Table => "table",
        Rename.Column => "column",
        Rename.Enum => "enum",
        _ => "enum value",
    };

    /// <summary>The name that goes, alone.</summary>
    public string Old => Rename switch
    {
        Rename.Table r => r.From.Schema == r.To.Schema ? r.From.Name : $"{r.From.Schema}.{r.From.Name}",
        Rename.Enum r => r.From.Schema == r.To.Schema ? r.From.Name : $"{r.From.Schema}.{r.From.Name}",
        Rename.Column r => r.From,
        Rename.EnumValue r => r.From,
        _ => "",
    };

    /// <summary>The name that comes, alone.</summary>
    public string New => Rename switch
    {
        Rename.Table r => r.To.Name,
        Rename.Enum r => r.To.Name,
        Rename.Column r => r.To,
        Rename.EnumValue r => r.To,
        _ => "",
    };

    /// <summary>What goes, so that it can be told on a command line: `users`, `users.name`.</summary>
    public string OldPath => Rename is Rename.Table or Rename.Enum ? Old : $"{Holder.Name}.{Old}";
}
