using Microsoft.EntityFrameworkCore;

namespace Sluice.EntityFrameworkCore;

/// <summary>Queries that EF Core compiles once and not at each call; what generated contexts read rows by key with.</summary>
public static class CompiledQuery
{
    /// <summary>
    /// The query of that name for the context's model, made when first asked for. For the model and not for the program: a context that is
    /// registered twice has two, and EF Core refuses a compiled query of the other.
    /// </summary>
    public static TQuery Of<TQuery>(DbContext context, string name, Func<TQuery> compile)
        where TQuery : Delegate
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Model.GetOrAddRuntimeAnnotationValue(name, static make => make!(), compile);
    }
}
