namespace Sluice.CodeGen.EFCore;

/// <summary>Names that must differ from each other, given out in the order they are asked for.</summary>
internal sealed class NameScope(StringComparer comparer, params IEnumerable<string> taken)
{
    private readonly HashSet<string> taken = new(taken, comparer);

    /// <summary>The name, or the next free one with a number behind it.</summary>
    public string Take(string wanted)
    {
        var name = wanted;
        for (var i = 2; !taken.Add(name); i++)
        {
            name = wanted + i.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return name;
    }

    /// <summary>What every class has already, and what a record makes for itself.</summary>
    public static string[] MembersOfObject { get; } =
    [
        "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString",
        "EqualityContract", "PrintMembers", "Deconstruct", "Clone",
    ];

    /// <summary>What a context has already.</summary>
    public static string[] MembersOfContext { get; } =
    [
        .. MembersOfObject,
        "Add", "AddAsync", "AddRange", "AddRangeAsync", "Attach", "AttachRange", "ChangeTracker", "ConfigureConventions", "ContextId", "Database",
        "Dispose", "DisposeAsync", "Entry", "Find", "FindAsync", "FromExpression", "MapEnums", "Model", "OnConfiguring", "OnModelCreating", "Remove",
        "RemoveRange", "SaveChanges", "SaveChangesAsync", "SaveChangesFailed", "SavedChanges", "SavingChanges", "Set", "Update", "UpdateRange",
    ];
}
