using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.ValueGeneration;

namespace Sluice.EntityFrameworkCore.Ids;

/// <summary>Makes the value when an entity without one is added; it is what is saved.</summary>
public abstract class ClientValueGenerator<T> : ValueGenerator<T>
{
    public override bool GeneratesTemporaryValues => false;

    public override T Next(EntityEntry entry) => Next();

    protected abstract T Next();
}

public sealed class CuidValueGenerator : ClientValueGenerator<string>
{
    protected override string Next() => Cuid.New();
}

public sealed class Cuid2ValueGenerator : ClientValueGenerator<string>
{
    protected override string Next() => Cuid2.New();
}

public sealed class UlidValueGenerator : ClientValueGenerator<string>
{
    protected override string Next() => Ulid.New();
}

public sealed class NanoIdValueGenerator(int length = NanoId.DefaultLength) : ClientValueGenerator<string>
{
    protected override string Next() => NanoId.New(length);
}

public sealed class Uuid4ValueGenerator : ClientValueGenerator<Guid>
{
    protected override Guid Next() => Guid.NewGuid();
}

public sealed class Uuid4TextValueGenerator : ClientValueGenerator<string>
{
    protected override string Next() => Guid.NewGuid().ToString("D");
}

public sealed class Uuid7ValueGenerator : ClientValueGenerator<Guid>
{
    protected override Guid Next() => Uuid7.New();
}

public sealed class Uuid7TextValueGenerator : ClientValueGenerator<string>
{
    protected override string Next() => Uuid7.New().ToString("D");
}
