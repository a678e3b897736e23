using Sluice.Text;

namespace Sluice.Model;

/// <summary>The argument of `@default`.</summary>
public abstract record DefaultValue
{
    private DefaultValue()
    {
    }

    /// <summary>A string, also the text form of DateTime, Json and Bytes (base64) literals; the field's type says which.</summary>
    public sealed record Text(string Value) : DefaultValue;

    /// <summary>A number as written.</summary>
    public sealed record Number(string Value) : DefaultValue;

    public sealed record Boolean(bool Value) : DefaultValue;

    /// <param name="Name">The value's name in the schema, not its mapped name.</param>
    public sealed record EnumMember(string Name) : DefaultValue;

    public sealed record List(EquatableArray<DefaultValue> Items) : DefaultValue;

    public sealed record Now : DefaultValue;

    public sealed record AutoIncrement : DefaultValue;

    /// <param name="Sql">Null for `dbgenerated()`, then the database has a default that the schema does not state.</param>
    public sealed record DbGenerated(string? Sql) : DefaultValue;

    /// <summary>Made by the client: no default in the database.</summary>
    /// <param name="Function">`cuid`, `uuid`, `ulid`, `nanoid`.</param>
    public sealed record Client(string Function, int? Argument) : DefaultValue;
}
