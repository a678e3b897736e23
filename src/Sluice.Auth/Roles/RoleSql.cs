using System.Globalization;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Roles;

/// <summary>What somebody's roles are, as one column of whatever statement looks at an account: read in its snapshot, so that a token never has
/// the roles of one moment and the version of another.</summary>
internal static class RoleSql
{
    /// <summary>For <see cref="HeldRoles.Read"/>.</summary>
    /// <param name="alias">Of the table of users.</param>
    public static string Held(string alias)
    {
        var id = alias + ".{users.id}";
        var most = (HeldRoles.Most + 1).ToString(CultureInfo.InvariantCulture);
        return $$"""
            ARRAY[COALESCE((SELECT v.{role_versions.version} FROM {role_versions} v WHERE v.{role_versions.userId} = {{id}}), 0)::text, {{alias}}.{users.role}::text]
              || ARRAY(SELECT concat_ws(U&'\001F', g.{role_grants.role}, g.{role_grants.scopeKind}, g.{role_grants.scopeId}, COALESCE(floor(extract(epoch FROM g.{role_grants.expiresAt}))::bigint::text, ''))
                FROM {role_grants} g WHERE g.{role_grants.userId} = {{id}}
                ORDER BY g.{role_grants.scopeKind} <> '', g.{role_grants.grantedAt} DESC, g.{role_grants.scopeKind}, g.{role_grants.scopeId}, g.{role_grants.role} LIMIT {{most}})
            """;
    }
}
