namespace Sluice.Introspection;

/// <summary>Doc comments that tell, above a new block, what the schema cannot; worded as Prisma's, so that pulling with either tool changes nothing.</summary>
internal static class Remarks
{
    public const string WithoutIdentifier =
        "The underlying table does not contain a valid unique identifier and can therefore currently not be handled by Prisma Client.";

    public const string WithoutColumns =
        "We could not retrieve columns for the underlying table. Either it has none or you are missing rights to see them. Please check your privileges.";

    public const string Partitioned =
        "This table is a partition table and requires additional setup for migrations. Visit https://pris.ly/d/partition-tables for more info.";

    public const string Inherited =
        "This table has subclasses and requires additional setup for migrations. Visit https://pris.ly/d/table-inheritance for more info.";

    public const string Checks =
        "This table contains check constraints and requires additional setup for migrations. Visit https://pris.ly/d/check-constraints for more info.";

    public const string Exclusions =
        "This table contains exclusion constraints and requires additional setup for migrations. Visit https://pris.ly/d/exclusion-constraints for more info.";

    public const string Deferrable =
        "This model has constraints using non-default deferring rules and requires additional setup for migrations. Visit https://pris.ly/d/constraint-deferring for more info.";

    public const string RowSecurity =
        "This model contains row level security and requires additional setup for migrations. Visit https://pris.ly/d/row-level-security for more info.";

    public const string NullsOrder =
        "This model contains an index with non-default null sort order and requires additional setup for migrations. Visit https://pris.ly/d/default-index-null-ordering for more info.";

    public const string ExpressionIndex =
        "This model contains an expression index which requires additional setup for migrations. Visit https://pris.ly/d/expression-indexes for more info.";

    public const string EnumHasComment =
        "This enum is commented in the database, and requires an additional setup for migrations: Read more: https://pris.ly/d/database-comments";

    public static string HasComments(string kind) =>
        $"This {kind} or at least one of its fields has comments in the database, and requires an additional setup for migrations: Read more: https://pris.ly/d/database-comments";

    public static string Renamed(string kind, PulledName name) =>
        $"This {kind} has been renamed to '{name.Name}' during introspection, because the original name '{name.Map}' is reserved.";
}
