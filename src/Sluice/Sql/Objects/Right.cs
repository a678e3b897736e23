using Sluice.Catalog;

namespace Sluice.Sql.Objects;

/// <summary>Who may do what with what: an object of a kind that GRANT and REVOKE speak of.</summary>
/// <param name="Prefix">`ALTER DEFAULT PRIVILEGES …` for rights to what will be made.</param>
internal sealed record Right(string Prefix, string Target, string Grantee, string Option)
{
    public static Right Of(ObjectId id)
    {
        var lines = id.Part.Split('\n');
        var isDefault = id.Kind is ObjectKind.DefaultGrant or ObjectKind.DefaultRevoke;
        // Default rights are named by the role whose objects they are about, unless that is the one who asks.
        var prefix = !isDefault ? "" : "ALTER DEFAULT PRIVILEGES "
            + (id.Name.Length > 0 ? $"FOR ROLE {id.Name} " : "")
            + (id.Schema.Length > 0 ? $"IN SCHEMA {SqlNames.Quote(id.Schema)} " : "");
        return new Right(prefix, lines[0], lines[1], lines[2]);
    }

    public string Give(string privileges) => $"{Prefix}GRANT {privileges} ON {Target} TO {Grantee}{(Option.Length > 0 ? " " + Option : "")}";

    public string Take(string privileges) => $"{Prefix}REVOKE {privileges} ON {Target} FROM {Grantee}";
}
