namespace Sluice.CodeGen.EFCore;

/// <summary>The context, and how an application registers it.</summary>
internal static class ContextWriter
{
    public static GeneratedFile Write(ContextShape context, TypeNamesInCode types)
    {
        var name = context.Settings.ContextName;
        string Ef(string type) => types.Of("Microsoft.EntityFrameworkCore", type);
        var code = CodeText.Begin(context.Settings, context.Hash, "Microsoft.EntityFrameworkCore", "Microsoft.EntityFrameworkCore.Metadata.Conventions");
        code.Open($"public partial class {name}({Ef("DbContextOptions")}<{name}> options) : {Ef("DbContext")}(options)");
        foreach (var entity in context.Entities)
        {
            code.Summary(entity.Documentation);
            code.Line($"public {Ef("DbSet")}<{entity.Name}> {entity.Set} => Set<{entity.Name}>();");
            code.Line();
        }

        code.Line("/// <summary>The database has the indexes that the schema says, and no others.</summary>");
        code.Line($"protected override void ConfigureConventions({Ef("ModelConfigurationBuilder")} configuration) =>");
        code.Line($"    configuration.Conventions.Remove(typeof({types.Of("Microsoft.EntityFrameworkCore.Metadata.Conventions", "ForeignKeyIndexConvention")}));");
        code.Line();
        code.Open($"protected override void OnModelCreating({Ef("ModelBuilder")} model)");
        foreach (var entity in context.Entities)
        {
            code.Line($"model.Entity<{entity.Name}>({ConfigurationWriter.MethodOf(entity.Name)});");
        }

        code.Line("OnModelCreatingPartial(model);");
        code.Close();
        code.Line();
        code.Line("/// <summary>What this model does not say, written in another file.</summary>");
        code.Line($"partial void OnModelCreatingPartial({Ef("ModelBuilder")} model);");
        code.Close();
        return new GeneratedFile(name + ".cs", code.ToString());
    }

    public static GeneratedFile WriteRegistration(ContextShape context, TypeNamesInCode types)
    {
        var name = context.Settings.ContextName;
        var builder = types.Of("Microsoft.EntityFrameworkCore", "DbContextOptionsBuilder");
        var services = types.Of("Microsoft.Extensions.DependencyInjection", "IServiceCollection");
        var optional = context.Settings.Nullable ? "?" : "";
        var code = CodeText.Begin(context.Settings, context.Hash, "System", "Microsoft.EntityFrameworkCore", "Microsoft.Extensions.DependencyInjection", "Sluice.EntityFrameworkCore", "Sluice.EntityFrameworkCore.Mapping");
        code.Open($"public static class {name}Services");
        code.Line("/// <summary>Registers the context, with the pool and the retries that the `DB_*` variables say.</summary>");
        code.Line("/// <param name=\"connectionString\">Npgsql's form or a `postgresql://` URL; null for `DATABASE_URL`, or `DB_HOST` and its siblings.</param>");
        code.Line($"public static {services} Add{name}(this {services} services, string{optional} connectionString = null, {types.Of("System", "Action")}<{builder}>{optional} configure = null) =>");
        code.Line($"    {types.Of("Sluice.EntityFrameworkCore", "SluiceContext")}.Add<{name}>(services, connectionString, MapEnums, configure);");
        code.Line();
        code.Line("/// <summary>The same for a context that is made by hand.</summary>");
        code.Line($"public static {builder} Use{name}(this {builder} options, string{optional} connectionString = null) =>");
        code.Line($"    {types.Of("Sluice.EntityFrameworkCore", "SluiceContext")}.Use(options, connectionString, MapEnums);");
        code.Line();
        code.Line($"public static {builder}<{name}> Use{name}(this {builder}<{name}> options, string{optional} connectionString = null) =>");
        code.Line($"    ({builder}<{name}>)Use{name}(({builder})options, connectionString);");
        code.Line();
        code.Open($"private static void MapEnums({types.Of("Sluice.EntityFrameworkCore.Mapping", "EnumMapping")} enums)");
        foreach (var definition in context.Enums)
        {
            code.Line($"enums.Add<{definition.Name}>({ConfigurationWriter.Name(definition.Type)});");
        }

        code.Close();
        code.Close();
        return new GeneratedFile($"{name}.Services.cs", code.ToString());
    }
}
