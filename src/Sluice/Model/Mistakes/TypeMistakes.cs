using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL202x: the types of fields.</summary>
internal static class TypeMistakes
{
    public static Mistake Unknown(string type) => new(
        "SL2020",
        $"There is no type `{type}`: it is neither a scalar, nor a model, view or enum of this schema.",
        "Declare it, or check its spelling; a PostgreSQL type without a name here is written `Unsupported(\"…\")`.");
}
