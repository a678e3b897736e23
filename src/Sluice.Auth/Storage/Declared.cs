using System.Diagnostics;
using System.Globalization;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Text;

namespace Sluice.Auth.Storage;

/// <summary>The tables as `schema.prisma` declares them, under their default names.</summary>
internal static class Declared
{
    public static IReadOnlyList<Table> Tables { get; } = [.. CatalogBuilder.Build(
        Migration.Read(new SourceText("schema.prisma", Embedded.Text("schema.prisma"))).Value).Tables];

    /// <summary>What an existing table may lack; each is a feature less, and no more. docs/auth-tables.md says which.</summary>
    public static IReadOnlyList<string> Optional { get; } =
    [
        "users.username", "users.name", "users.role", "users.isActive", "users.isWhitelisted", "users.emailVerified", "users.lastLoginAt", "users.metadata",
        "sessions.deviceInfo", "sessions.ipAddress", "sessions.aal", "sessions.amr", "sessions.fingerprint", "sessions.country",
        "token_blacklist.reason", "token_blacklist.revokedBy", "auth_attempts.succeededAt",
    ];

    /// <summary>Columns that no statement of ours sets in a new row: they need a default, or take null.</summary>
    public static IReadOnlyList<string> LeftToDefaults { get; } = ["users.role", "users.isActive", "users.isWhitelisted", "users.emailVerified", "users.lastLoginAt", "users.deletedAt"];

    /// <summary>Its type as SQL.</summary>
    public static string TypeOf(Column column) => column.Type switch
    {
        ColumnType.Native { Type: { First: { } precision } type } => string.Create(CultureInfo.InvariantCulture, $"{type.Kind.ToString().ToUpperInvariant()}({precision})"),
        ColumnType.Native { Type: var type } => type.Kind.ToString().ToUpperInvariant(),
        _ => throw new UnreachableException($"{column.Name} is of a type that Sluice.Auth's tables do not have."),
    };

    public static NativeKind KindOf(Column column) => ((ColumnType.Native)column.Type).Type.Kind;

    /// <summary>What stands in for a column that is not there: its default, or nothing.</summary>
    public static string ValueOf(Column column) => column.Default switch
    {
        ColumnDefault.Boolean { Value: var value } => value ? "true" : "false",
        ColumnDefault.Number { Value: var value } => value,
        ColumnDefault.Text { Value: var value } => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'::text",
        _ => $"NULL::{TypeOf(column)}",
    };
}
