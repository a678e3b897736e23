namespace Sluice.CodeGen.EFCore;

/// <summary>The method of the context that reads one row by its key: the commonest query, compiled once.</summary>
internal static class KeyQueryWriter
{
    // What EF Core takes for a query that is compiled ahead.
    private const int MostColumns = 14;

    public static readonly string[] Namespaces = ["Sluice.EntityFrameworkCore", "System.Linq", "System.Threading", "System.Threading.Tasks"];

    public static string MethodOf(string entity) => $"Read{entity}Async";

    /// <summary>Values of the program's own types may not be comparable in C#.</summary>
    public static bool IsFor(EntityShape entity) =>
        entity.Key is { Properties.Count: <= MostColumns } && Key(entity).All(p => !p.IsList && p.Type.IsValueType is not null);

    public static void Write(CodeText code, ContextShape context, TypeNamesInCode types, EntityShape entity)
    {
        var name = context.Settings.ContextName;
        var (task, stop) = (types.Of("System.Threading.Tasks", "Task"), types.Of("System.Threading", "CancellationToken"));
        var scope = new NameScope(StringComparer.Ordinal, "c", "e", "stop");
        var key = Key(entity).Select(p => (Property: p, Type: types.Of(p), Name: scope.Take(Parameter(p.Name)))).ToArray();
        var declared = string.Concat(key.Select(k => $"{k.Type} {k.Name}, "));
        code.Line("/// <summary>The row with this key, not tracked; null where there is none. The query is compiled once: the quickest way to one row.</summary>");
        code.Line($"public {task}<{entity.Name}{(context.Settings.Nullable ? "?" : "")}> {MethodOf(entity.Name)}({declared}{stop} stop = default) =>");
        code.Line($"    {types.Of("Sluice.EntityFrameworkCore", "CompiledQuery")}.Of(this, \"{MethodOf(entity.Name)}\", static () => {types.Of("Microsoft.EntityFrameworkCore", "EF")}.CompileAsyncQuery(({name} c, {declared}{stop} stop) =>");
        code.Line($"        c.{entity.Set}.AsNoTracking().SingleOrDefault(e => {string.Join(" && ", key.Select(k => $"e.{k.Property.Name} == {k.Name}"))})))(this, {string.Concat(key.Select(k => k.Name + ", "))}stop);");
        code.Line();
    }

    private static IEnumerable<PropertyShape> Key(EntityShape entity) => entity.Key!.Properties.Items.Select(k => entity.Properties.First(p => p.Name == k));

    // With `@`, no word of C# is in the way.
    private static string Parameter(string property)
    {
        var name = char.ToLowerInvariant(property[0]) + property[1..];
        return Keywords.Contains(name) ? "@" + name : name;
    }

    private static readonly string[] Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default",
        "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto",
        "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out",
        "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc",
        "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using",
        "virtual", "void", "volatile", "while",
    ];
}
