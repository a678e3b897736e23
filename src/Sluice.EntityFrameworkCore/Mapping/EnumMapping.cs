using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using Npgsql.NameTranslation;

namespace Sluice.EntityFrameworkCore.Mapping;

/// <summary>The enums of a schema, told to the driver and to EF Core alike.</summary>
public sealed class EnumMapping
{
    // Each label stands at its member; no rule may change one.
    private static readonly NpgsqlNullNameTranslator Exactly = new();

    private readonly List<Action<NpgsqlDataSourceBuilder>> sources = [];
    private readonly List<Action<NpgsqlDbContextOptionsBuilder>> contexts = [];

    /// <param name="name">In the database.</param>
    public void Add<TEnum>(string name, string? schema = null)
        where TEnum : struct, Enum
    {
        sources.Add(s => s.MapEnum<TEnum>(schema is null ? name : $"{schema}.{name}", Exactly));
        contexts.Add(c => c.MapEnum<TEnum>(name, schema, Exactly));
    }

    internal void ApplyTo(NpgsqlDataSourceBuilder source) => sources.ForEach(add => add(source));

    internal void ApplyTo(NpgsqlDbContextOptionsBuilder context) => contexts.ForEach(add => add(context));
}
