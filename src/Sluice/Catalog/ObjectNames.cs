using System.Text;

namespace Sluice.Catalog;

/// <summary>Objects in a sentence: "trigger `touched` of `author`".</summary>
public static class ObjectNames
{
    public static string Describe(ObjectId id) => id.Kind switch
    {
        ObjectKind.Comment => $"comment on {Keyword(id.Part)}",
        ObjectKind.Grant => $"rights to {Keyword(Line(id, 0))} of {Grantee(id)}",
        ObjectKind.Revoke => $"rights to {Keyword(Line(id, 0))} taken from {Grantee(id)}",
        ObjectKind.DefaultGrant => $"default rights to {Line(id, 0).ToLowerInvariant()} of {Grantee(id)}",
        ObjectKind.DefaultRevoke => $"default rights to {Line(id, 0).ToLowerInvariant()} taken from {Grantee(id)}",
        ObjectKind.Function or ObjectKind.Procedure or ObjectKind.Aggregate => $"{Word(id.Kind)} `{id.Name}({id.Part})`",
        ObjectKind.Operator => $"operator `{id.Name} ({id.Part})`",
        ObjectKind.Inheritance => $"inheritance of `{id.Name}` from `{id.Part}`",
        _ when id.Part.Length > 0 => $"{Word(id.Kind)} `{id.Part}` of `{id.Name}`",
        ObjectKind.PartitionKey or ObjectKind.Clustering or ObjectKind.ReplicaIdentity or ObjectKind.RowSecurity or ObjectKind.ForcedRowSecurity
            or ObjectKind.Unlogged or ObjectKind.TableOptions or ObjectKind.SequenceOptions or ObjectKind.SequenceOwner or ObjectKind.EventTriggerState =>
            $"{Word(id.Kind)} of `{id.Name}`",
        _ => $"{Word(id.Kind)} `{id.Name}`",
    };

    /// <summary>The kind in words: "materialized view", "row security".</summary>
    public static string Word(ObjectKind kind)
    {
        var words = new StringBuilder();
        foreach (var c in kind.ToString())
        {
            words.Append(char.IsAsciiLetterUpper(c) && words.Length > 0 ? " " : "").Append(char.ToLowerInvariant(c));
        }

        return words.ToString();
    }

    private static string Line(ObjectId id, int line) => id.Part.Split('\n')[line];

    // The role, and of which column alone.
    private static string Grantee(ObjectId id)
    {
        var lines = id.Part.Split('\n');
        return $"`{lines[1]}`{(lines.Length > 3 ? $" for the column `{lines[3]}`" : "")}{(lines[2].Length > 0 ? " with grant option" : "")}";
    }

    // `TABLE public.author`: the keyword in lower case, the rest as a name.
    private static string Keyword(string target) =>
        target.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end ? $"{target[..end].ToLowerInvariant()} `{target[(end + 1)..]}`" : target;
}
