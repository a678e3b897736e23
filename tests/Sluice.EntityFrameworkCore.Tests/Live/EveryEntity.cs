using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Sluice.EntityFrameworkCore.Tests.Live;

/// <summary>One row of each entity of a model: inserted, read, changed, its relations loaded. Finds what is wrong, in words.</summary>
internal sealed class EveryEntity(GeneratedDatabase database)
{
    private readonly List<string> wrong = [];
    private readonly Dictionary<IEntityType, object> rows = [];

    public IReadOnlyDictionary<IEntityType, object> Rows => rows;

    public static async Task<List<string>> ProveAsync(GeneratedDatabase database)
    {
        var proof = new EveryEntity(database);
        await proof.InsertAsync();
        await proof.ReadAsync("after the insert");
        await proof.UpdateAsync();
        await proof.ReadAsync("after the update");
        await proof.LinkAsync();
        await proof.LoadAsync();
        if (proof.wrong.Count == 0)
        {
            proof.wrong.AddRange(await Deletions.ProveAsync(database, proof.rows));
        }

        return proof.wrong;
    }

    private static IEnumerable<IEntityType> Entities(DbContext context) =>
        context.Model.GetEntityTypes().Where(e => !e.HasSharedClrType && e.FindPrimaryKey() is not null);

    // Principals first; what may be NULL is filled in afterwards, so that circles through it can be broken.
    private async Task InsertAsync()
    {
        await using var context = database.NewContext();
        var waiting = Entities(context).ToList();
        while (waiting.Count > 0)
        {
            var next = waiting.FirstOrDefault(e => e.GetForeignKeys().Where(k => k.IsRequired).All(k => rows.ContainsKey(k.PrincipalEntityType) || k.PrincipalEntityType == e));
            if (next is null)
            {
                wrong.Add($"a circle of relations: {string.Join(", ", waiting.Select(e => e.ShortName()))}");
                return;
            }

            waiting.Remove(next);
            var row = Activator.CreateInstance(next.ClrType)!;
            var entry = context.Entry(row);
            foreach (var property in next.GetProperties().Where(p => !p.IsShadowProperty() && !p.IsForeignKey() && IsGiven(p)))
            {
                entry.Property(property.Name).CurrentValue = SyntheticValue.Of(property, 0);
            }

            rows[next] = row;
            Refer(context, next, row, k => k.IsRequired);
            context.Add(row);
            await context.SaveChangesAsync();
        }

        foreach (var (entity, row) in rows)
        {
            Refer(context, entity, row, k => !k.IsRequired && !k.Properties.Any(p => p.IsPrimaryKey()));
        }

        await context.SaveChangesAsync();
    }

    // What the database or the generators fill in is left to them; times of `@updatedAt` too.
    private static bool IsGiven(IProperty property) =>
        property.ValueGenerated is ValueGenerated.Never && property.FindAnnotation("Sluice:UpdatedAt") is null && property.FindAnnotation("Sluice:SoftDelete") is null
        && property.DeclaringType.FindAnnotation("Sluice:SoftDelete")?.Value as string != property.Name;

    private void Refer(DbContext context, IEntityType entity, object row, Func<IForeignKey, bool> which)
    {
        var entry = context.Entry(row);
        foreach (var key in entity.GetForeignKeys().Where(which).Where(k => rows.ContainsKey(k.PrincipalEntityType)))
        {
            var principal = context.Entry(rows[key.PrincipalEntityType]);
            foreach (var (own, theirs) in key.Properties.Zip(key.PrincipalKey.Properties))
            {
                entry.Property(own.Name).CurrentValue = principal.Property(theirs.Name).CurrentValue;
            }
        }
    }

    private async Task ReadAsync(string when)
    {
        await using var context = database.NewContext();
        foreach (var (entity, row) in rows)
        {
            var key = entity.FindPrimaryKey()!.Properties.Select(p => p.PropertyInfo!.GetValue(row)).ToArray();
            if (await context.FindAsync(entity.ClrType, key) is not { } read)
            {
                wrong.Add($"{entity.ShortName()} was not found {when}");
                continue;
            }

            foreach (var property in entity.GetProperties().Where(p => p.PropertyInfo is not null))
            {
                var (written, found) = (property.PropertyInfo!.GetValue(row), property.PropertyInfo.GetValue(read));
                if (!SyntheticValue.Same(written, found))
                {
                    wrong.Add($"{entity.ShortName()}.{property.Name} ({property.GetColumnType()}) {when}: wrote {written}, read {found}");
                }
            }
        }
    }

    private async Task UpdateAsync()
    {
        await using var context = database.NewContext();
        foreach (var (entity, row) in rows)
        {
            context.Attach(row);
            var entry = context.Entry(row);
            foreach (var property in entity.GetProperties().Where(p => p.PropertyInfo is not null && !p.IsKey() && !p.IsForeignKey() && !IsTime(p)))
            {
                entry.Property(property.Name).CurrentValue = SyntheticValue.Of(property, 1);
            }

            // One by one: rows of several schemas share unique values, and a failure names its entity.
            await context.SaveChangesAsync();
        }
    }

    private static bool IsTime(IProperty property) =>
        property.FindAnnotation("Sluice:UpdatedAt") is not null || property.DeclaringType.FindAnnotation("Sluice:SoftDelete")?.Value as string == property.Name;

    /// <summary>Many-to-many relations, written from one side.</summary>
    private async Task LinkAsync()
    {
        await using var context = database.NewContext();
        foreach (var row in rows.Values)
        {
            context.Attach(row);
        }

        foreach (var (entity, row) in rows)
        {
            foreach (var skip in entity.GetSkipNavigations().Where(s => s.ForeignKey.Properties[0].Name == "A"))
            {
                var list = (System.Collections.IList)skip.PropertyInfo!.GetValue(row)!;
                list.Add(rows[skip.TargetEntityType]);
            }
        }

        await context.SaveChangesAsync();
    }

    private async Task LoadAsync()
    {
        foreach (var (entity, _) in rows)
        {
            await using var context = database.NewContext();
            var navigations = entity.GetNavigations().Cast<INavigationBase>().Concat(entity.GetSkipNavigations()).ToArray();
            var read = await (Task<object>)GetType().GetMethod(nameof(IncludeAsync), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(entity.ClrType)
                .Invoke(null, [context, navigations.Select(n => n.Name)])!;
            foreach (var navigation in navigations)
            {
                var isEmpty = navigation.PropertyInfo!.GetValue(read) switch
                {
                    null => true,
                    System.Collections.ICollection list => list.Count == 0,
                    _ => false,
                };
                var expected = navigation is ISkipNavigation || IsSet((INavigation)navigation);
                if (isEmpty == expected)
                {
                    wrong.Add($"{entity.ShortName()}.{navigation.Name} is {(isEmpty ? "empty" : "there")}");
                }
            }
        }
    }

    private bool IsSet(INavigation navigation)
    {
        var key = navigation.ForeignKey;
        return rows.TryGetValue(key.DeclaringEntityType, out var dependent) && key.Properties.All(p => p.PropertyInfo!.GetValue(dependent) is not null);
    }

    private static async Task<object> IncludeAsync<T>(DbContext context, IEnumerable<string> navigations)
        where T : class
    {
        var query = context.Set<T>().AsSplitQuery();
        return await navigations.Aggregate(query, (q, n) => q.Include(n)).SingleAsync();
    }
}
