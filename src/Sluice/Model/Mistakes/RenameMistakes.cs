using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL270x: hints that say what something was called before.</summary>
internal static class RenameMistakes
{
    public static Mistake Unreadable(string name) => new(
        "SL2701",
        $"The hint `@renamedFrom` on `{name}` does not name what it was called before.",
        "Write the old name in the database in quotes: `/// @renamedFrom(\"old_name\")`.");

    public static Mistake Twice(string name) => new(
        "SL2702",
        $"`{name}` has several hints `@renamedFrom`.",
        "Keep the one with the name that the databases still have; hints of renames that are done can go.");

    public static Mistake StillThere(string name, string old) => new(
        "SL2703",
        $"`{name}` says that it was called `{old}` before, and the schema still has a `{old}`.",
        "Where that one is new, the rename is long done: remove the hint. Otherwise remove or rename the other one.");

    public static Mistake ClaimedTwice(string old, string name, string other) => new(
        "SL2704",
        $"Both `{other}` and `{name}` say that they were called `{old}` before.",
        "One thing has one new name: keep the hint where the data should stay.");

    public static Mistake Circle(string name) => new(
        "SL2705",
        $"The hints `@renamedFrom` of {name} lead in a circle: once done, nothing would tell that they were.",
        "Write the migration by hand (`sluice migrate dev --create-only`), or rename one of them to a third name first, in a migration of its own.");

    public static Mistake NothingToRename(string name) => new(
        "SL2706",
        $"The hint `@renamedFrom` on `{name}` stands where the database has nothing that could be renamed.",
        "It belongs on a model, an enum, one of its values, a field with a column, or a field of an implicit many-to-many relation. For a relation put it on the field with the foreign key.");
}
