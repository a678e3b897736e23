using System.Collections.Immutable;
using Sluice.Cli.Commands;
using Sluice.Cli.Options;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Fleet;

/// <summary>The targets that the command is for, each with its address, before any of them is connected to.</summary>
internal static class TargetList
{
    public static async Task<(ImmutableArray<Target> Targets, ImmutableArray<int> Rings)> ReadAsync(Session session)
    {
        var settings = SluiceJson.Read(session.Project.Folder).Targets
            ?? throw new StopException("Which targets? sluice.json names none.", null, "Write `targets` into sluice.json: [{\"name\": \"eu\", \"env\": \"EU_DATABASE_URL\"}], or {\"query\": \"SELECT schema FROM tenants\"} (docs/fleet.md).");
        if (settings.Query is null && session.Has(SharedOptions.Url))
        {
            throw new StopException("`--url` names one database, and the targets of sluice.json have addresses of their own; leave it out.");
        }

        var targets = settings.Query is { } query
            ? await AskAsync(session, query)
            : [.. settings.List.Select(t => Resolve(session, t))];
        Distinct(targets);
        return (Chosen(session, targets), settings.Rings);
    }

    private static async Task<ImmutableArray<Target>> AskAsync(Session session, string query)
    {
        var settings = LiveRun.Settings(session);
        return
        [
            .. (await Tenants.ReadAsync(settings, query, session.Stop)).Select(t => new Target(
                t.Name,
                settings.Address with
                {
                    ApplicationName = session.Project.Connection.Address.ApplicationName,
                    Database = t.Database ?? settings.Address.Database,
                    Schema = t.Schema ?? settings.Address.Schema,
                    SchemaIsExplicit = t.Schema is not null || settings.Address.SchemaIsExplicit,
                },
                null,
                t.Ring)),
        ];
    }

    private static Target Resolve(Session session, ListedTarget target)
    {
        var url = target.Url ?? session.Project.Variables[target.Variable!];
        if (string.IsNullOrWhiteSpace(url))
        {
            throw new StopException($"The target `{target.Name}` has no address: `{target.Variable}` is not set. No target was begun.", null, $"Set `{target.Variable}=postgresql://USER:PASSWORD@HOST:PORT/DATABASE` in the environment or in .env.");
        }

        try
        {
            return new Target(target.Name, DatabaseAddress.Parse(url).WithLimits(n => session.Project.Variables[n]), target.Variable, target.Ring);
        }
        catch (ProblemException wrong)
        {
            throw new StopException($"The address of target `{target.Name}` cannot be used: {wrong.Problem.Message} No target was begun.", wrong.Problem.Code, [.. wrong.Problem.Remedies]);
        }
    }

    private static void Distinct(ImmutableArray<Target> targets)
    {
        if (targets.GroupBy(t => t.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { Key: var name })
        {
            throw new StopException($"Two targets are called `{name}`; no target was begun.", null, "Give each a name of its own in sluice.json, or in the column `name` of its query.");
        }

        if (targets.GroupBy(t => (t.Database, t.Address.Schema)).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new StopException($"The targets {string.Join(" and ", twice.Select(t => $"`{t.Name}`"))} are the same schema of the same database; no target was begun.", null, "Take one of them away, or give it another address.");
        }
    }

    private static ImmutableArray<Target> Chosen(Session session, ImmutableArray<Target> targets)
    {
        var names = session.Get(FleetOptions.Target) ?? [];
        return names.FirstOrDefault(n => !targets.Any(t => t.Name == n)) is { } unknown
            ? throw new StopException($"There is no target `{unknown}`; no target was begun.", null, $"There are: {string.Join(", ", targets.Take(10).Select(t => t.Name))}{(targets.Length > 10 ? " …" : "")}")
            : names.Length == 0 ? targets : [.. targets.Where(t => names.Contains(t.Name))];
    }
}
