using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Revocation;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Roles;

/// <summary>
/// Gives roles and takes them, for those who may: the application decides who. The account stays signed in; its access tokens of before are refused
/// on every node as soon as it hears, and its next refresh brings the roles of now.
/// </summary>
public sealed class RoleAdministration
{
    private readonly AuthDatabase database;
    private readonly RoleStore store;
    private readonly Revocations revocations;
    private readonly AuditLog audit;
    private readonly Announcer announcer;
    private readonly SluiceAuthOptions settings;
    private readonly TimeProvider clock;

    internal RoleAdministration(AuthDatabase database, RoleStore store, Revocations revocations, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options, TimeProvider clock) =>
        (this.database, this.store, this.revocations, this.audit, this.announcer, settings, this.clock) = (database, store, revocations, audit, announcer, options.Value, clock);

    /// <param name="userId">The account's id.</param>
    /// <param name="scope">Where it holds; null for everywhere.</param>
    /// <param name="until">When it ends by itself; null for when somebody takes it. Another time than before is a change.</param>
    /// <param name="by">The id of who gives it, for the audit; null from the command line.</param>
    public Task<RoleOutcome> GrantAsync(string userId, string role, RoleScope? scope = null, DateTimeOffset? until = null, string? by = null, CancellationToken cancellation = default) =>
        GrantAsync(userId, role, scope, until, new Granter(by, Line(by)), cancellation);

    internal Task<RoleOutcome> GrantAsync(string userId, string role, RoleScope? scope, DateTimeOffset? until, Granter by, CancellationToken cancellation)
    {
        var isOwn = scope is null && settings.Roles.InUsers;
        return !settings.Roles.Known.Contains(role, StringComparer.Ordinal) || scope is { IsOne: false } || (isOwn && until is not null) || until <= clock.GetUtcNow()
            ? Task.FromResult(RoleOutcome.NotARole)
            : by.UserId == userId
            ? Task.FromResult(RoleOutcome.Own)
            : ChangeAsync("role_granted", userId, role, scope, by, [isOwn ? store.SettingOwn(userId, role) : store.Granting(userId, role, scope, by.UserId, until)], cancellation);
    }

    /// <inheritdoc cref="GrantAsync"/>
    /// <param name="by">The id of who takes it, for the audit; null from the command line.</param>
    public Task<RoleOutcome> RevokeAsync(string userId, string role, RoleScope? scope = null, string? by = null, CancellationToken cancellation = default) =>
        RevokeAsync(userId, role, scope, new Granter(by, Line(by)), cancellation);

    internal Task<RoleOutcome> RevokeAsync(string userId, string role, RoleScope? scope, Granter by, CancellationToken cancellation) =>
        by.UserId == userId && scope is null && role == settings.Roles.Administrator
            ? Task.FromResult(RoleOutcome.Own)
            : ChangeAsync(
                "role_revoked", userId, role, scope, by,
                [scope is null && settings.Roles.InUsers ? store.ResettingOwn(userId, role) : store.Revoking(userId, role, scope)], cancellation);

    /// <summary>Exactly these, for good, everywhere or in one thing: in one transaction what is missing is given and what is too much is taken.</summary>
    internal async Task<RoleOutcome> SetAsync(string userId, IReadOnlyCollection<string> roles, RoleScope? scope, Granter by, CancellationToken cancellation)
    {
        var isOwn = scope is null && settings.Roles.InUsers;
        if (scope is { IsOne: false } || roles.Except(settings.Roles.Known, StringComparer.Ordinal).Any() || (isOwn && roles.Count > 1))
        {
            return RoleOutcome.NotARole;
        }

        if (by.UserId == userId)
        {
            return RoleOutcome.Own;
        }

        var wanted = roles.Distinct(StringComparer.Ordinal).ToArray();
        IReadOnlyList<NpgsqlBatchCommand> applying = !isOwn ? [store.RevokingOthers(userId, wanted, scope), .. wanted.Select(r => store.Granting(userId, r, scope, by.UserId, null))]
            : wanted.Length == 1 ? [store.SettingOwn(userId, wanted[0])]
            : await ListAsync(userId, cancellation) is [{ Role: var now, Scope: null, At: null }, ..] ? [store.ResettingOwn(userId, now)]
            : [];
        return applying.Count == 0 ? RoleOutcome.NoAccount : await ChangeAsync("roles_set", userId, null, scope, by, applying, cancellation);
    }

    /// <summary>For an application that has written `users.role` itself: what tokens of before say of it holds no more, on any node.</summary>
    /// <returns>False where there is no such account.</returns>
    public async Task<bool> ChangedAsync(string userId, string? by = null, CancellationToken cancellation = default) =>
        await ChangeAsync("roles_changed", userId, null, null, new Granter(by, Line(by)), [], cancellation) is RoleOutcome.Changed;

    /// <summary>All that an account has, the column of the table of users first.</summary>
    /// <returns>Null where there is no such account.</returns>
    public Task<IReadOnlyList<HeldRole>?> ListAsync(string userId, CancellationToken cancellation = default) =>
        database.IsId(userId) ? store.ListAsync(userId, cancellation) : Task.FromResult<IReadOnlyList<HeldRole>?>(null);

    private async Task<RoleOutcome> ChangeAsync(string action, string userId, string? role, RoleScope? scope, Granter by, IReadOnlyList<NpgsqlBatchCommand> applying, CancellationToken cancellation)
    {
        if (by.UserId is { } giver && !database.IsId(giver))
        {
            throw new ArgumentException("It is no id of an account.", nameof(by));
        }

        if (!database.IsId(userId))
        {
            return RoleOutcome.NoAccount;
        }

        var (outcome, version, areOthers) = (RoleOutcome.NoAccount, 0L, false);
        HeldRoles? before = null, after = null;
        AuditEvent? happened = null;
        Revoked revoked = default;
        try
        {
            await database.ChangeAsync(
                [
                    .. scope is null ? [RoleStore.TakingTurns()] : Array.Empty<NpgsqlBatchCommand>(),
                    store.Counting(userId), store.Reading(userId), .. applying, store.Reading(userId),
                    store.AskingForOthers(userId, settings.Roles.Administrator),
                ],
                ReadAsync,
                Belonging,
                cancellation);
        }
        catch (PostgresException unfit) when (unfit.SqlState is PostgresErrorCodes.InvalidTextRepresentation or PostgresErrorCodes.StringDataRightTruncation or PostgresErrorCodes.CheckViolation)
        {
            return RoleOutcome.NotARole;
        }

        if (outcome is RoleOutcome.Changed)
        {
            await revocations.FollowAsync(revoked);
            await announcer.AnnounceAsync([happened!], cancellation);
        }

        return outcome;

        async Task ReadAsync(NpgsqlDataReader reader)
        {
            if (!await reader.ReadAsync(cancellation))
            {
                return;
            }

            version = reader.GetInt64(0);
            (before, after) = (await HeldAsync(reader), await HeldAsync(reader));
            await reader.NextResultAsync(cancellation);
            await reader.ReadAsync(cancellation);
            areOthers = reader.GetBoolean(0);
        }

        async Task<HeldRoles> HeldAsync(NpgsqlDataReader reader)
        {
            await reader.NextResultAsync(cancellation);
            await reader.ReadAsync(cancellation);
            return HeldRoles.Read(reader.GetFieldValue<string?[]>(0));
        }

        IEnumerable<NpgsqlBatchCommand>? Belonging()
        {
            var administrator = settings.Roles.Administrator;
            outcome = before is null ? RoleOutcome.NoAccount
                : applying.Count > 0 && applying.All(a => a.RecordsAffected == 0) ? RoleOutcome.AsBefore
                : before.HaveForGood(administrator) && !after!.HaveForGood(administrator) && !areOthers ? RoleOutcome.LastAdministrator
                : RoleOutcome.Changed;
            if (outcome is not RoleOutcome.Changed)
            {
                return null;
            }

            happened = new AuditEvent(action, "user", userId)
            {
                UserId = by.UserId,
                Client = by.Client,
                Old = Shown(before!, role, scope, isHeld: action == "role_revoked"),
                New = Shown(after!, role, scope, isHeld: action == "role_granted"),
            };
            // No token of before lives longer, whenever it was signed.
            revoked = new Revoked(RevocationList.HashOf(RevocationList.OfRoles(userId, version - 1)), clock.GetUtcNow() + settings.Tokens.Lifetime + settings.Tokens.ClockSkew * 2);
            return [audit.Entry(happened), revocations.InTable(revoked, userId, action, by.UserId)];
        }
    }

    private static Client Line(string? by) => new(null, by is null ? "command line" : null, "");

    // Those that hold everywhere, and the one in question: somebody may be in a thousand rooms.
    private static JsonObject Shown(HeldRoles roles, string? role, RoleScope? scope, bool isHeld)
    {
        var values = new JsonObject { ["roles"] = new JsonArray([.. roles.Everywhere.Select(r => JsonValue.Create(r))]) };
        if (scope is not null)
        {
            var held = roles.Grants.FirstOrDefault(g => g.Role == role && g.ScopeKind == scope.Kind && g.ScopeId == scope.Id);
            values["scope"] = $"{scope.Kind}:{scope.Id}";
            if (role is null)
            {
                values["rolesThere"] = new JsonArray([.. roles.Grants.Where(g => g.ScopeKind == scope.Kind && g.ScopeId == scope.Id).Select(g => JsonValue.Create(g.Role))]);
                return values;
            }

            // Of more than are read the old ones are not there.
            values["role"] = held?.Role ?? (isHeld ? role : null);
            values["until"] = held?.Until?.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        }
        else if (roles.Grants.FirstOrDefault(g => g.IsGlobal && g.Role == role)?.Until is { } until)
        {
            values["until"] = until.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        }

        return values;
    }
}

/// <summary>Who gives or takes a role.</summary>
/// <param name="UserId">Null from the command line.</param>
internal readonly record struct Granter(string? UserId, Client Client);
