using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Sluice.EntityFrameworkCore.Tests.Generation;

/// <summary>A generated context whose type is known only when the test runs.</summary>
internal static class GeneratedContext
{
    public static DbContext New(Assembly assembly, string connection)
    {
        var type = assembly.GetType("Generated.AppContext", throwOnError: true)!;
        var options = (DbContextOptionsBuilder)Activator.CreateInstance(typeof(DbContextOptionsBuilder<>).MakeGenericType(type))!;
        assembly.GetType("Generated.AppContextServices")!.GetMethod("UseAppContext", [options.GetType(), typeof(string)])!.Invoke(null, [options, connection]);

        // One program has one context; here there are hundreds.
        options.ConfigureWarnings(w => w.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning));
        return (DbContext)Activator.CreateInstance(type, options.Options)!;
    }

    /// <summary>With names of keys, filters of indexes and what else is only for migrations.</summary>
    public static IModel DesignModel(DbContext context) => context.GetService<IDesignTimeModel>().Model;
}
