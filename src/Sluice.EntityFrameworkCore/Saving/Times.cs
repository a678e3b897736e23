using Microsoft.EntityFrameworkCore.Metadata;

namespace Sluice.EntityFrameworkCore.Saving;

internal static class Times
{
    /// <summary>The moment as the property's type has it, cut to what its column keeps: the entity then holds what is in the database.</summary>
    public static object For(IReadOnlyProperty property, DateTimeOffset now)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (type == typeof(DateTimeOffset))
        {
            return now;
        }

        if (type == typeof(DateOnly))
        {
            return DateOnly.FromDateTime(now.UtcDateTime);
        }

        if (type == typeof(TimeOnly))
        {
            return TimeOnly.FromDateTime(now.UtcDateTime);
        }

        return property.GetValueConverter() is { } converter ? converter.ConvertToProvider(now.UtcDateTime)! : now.UtcDateTime;
    }
}
