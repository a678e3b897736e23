using Sluice.Diagnostics;

namespace Sluice.Model.Binding;

/// <summary>What is wrong, without the place: the entries of the catalogues in `Model/Mistakes`.</summary>
internal readonly record struct Mistake(string Code, string Message, string Help, Severity Severity = Severity.Error);
