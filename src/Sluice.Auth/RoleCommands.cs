using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Accounts;
using Sluice.Auth.Roles;
using Sluice.Auth.Settings;

namespace Sluice.Auth;

/// <summary>`roles EMAIL`, `grant EMAIL ROLE [KIND:ID] [--until TIME]`, `revoke EMAIL ROLE [KIND:ID]`.</summary>
internal static class RoleCommands
{
    public static async Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellation)
    {
        var roles = services.GetRequiredService<RoleAdministration>();
        var rest = arguments.Skip(3).ToList();
        DateTimeOffset? until = null;
        if (arguments[0] == "grant" && rest is [.., "--until", var time])
        {
            if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
            {
                await output.WriteLineAsync($"`{time}` is no time. Write 2030-01-31T12:00:00Z.");
                return 2;
            }

            (until, rest) = (parsed, rest[..^2]);
        }

        if (rest.Count > 1 || (rest is [var text] && RoleScope.Parse(text) is null))
        {
            return await AuthCommands.RefuseAsync(output);
        }

        if (await services.GetRequiredService<AccountStore>().FindAsync(Identifiers.Normal(arguments[1]), cancellation) is not { User: var user })
        {
            return await AuthCommands.SayAsync(output, false, "");
        }

        if (arguments[0] == "roles")
        {
            foreach (var held in await roles.ListAsync(user.Id, cancellation) ?? [])
            {
                await output.WriteLineAsync(
                    $"{held.Role}{(held.Scope is { } at ? $"  {at.Kind}:{at.Id}" : "")}{(held.Until is { } end ? string.Create(CultureInfo.InvariantCulture, $"  until {end:yyyy-MM-dd HH:mm:ss'Z'}") : "")}");
            }

            return 0;
        }

        var scope = rest is [var one] ? RoleScope.Parse(one) : null;
        var outcome = arguments[0] == "grant"
            ? await roles.GrantAsync(user.Id, arguments[2], scope, until, null, cancellation)
            : await roles.RevokeAsync(user.Id, arguments[2], scope, null, cancellation);
        await output.WriteLineAsync(outcome switch
        {
            RoleOutcome.Changed => "Done. Access tokens of before are refused from now on; the next refresh brings the roles of now.",
            RoleOutcome.AsBefore => "It was so before.",
            RoleOutcome.LastAdministrator => "Nobody else administers for good. Give somebody else the role first.",
            RoleOutcome.NoAccount => "There is no account with that address.",
            _ => $"It is no role that can be given so. There are: {string.Join(", ", services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Roles.Known)}.",
        });
        return outcome is RoleOutcome.Changed or RoleOutcome.AsBefore ? 0 : 1;
    }
}
