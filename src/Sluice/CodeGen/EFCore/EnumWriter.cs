namespace Sluice.CodeGen.EFCore;

internal static class EnumWriter
{
    public static GeneratedFile Write(ContextShape context, TypeNamesInCode types, EnumShape definition)
    {
        var code = CodeText.Begin(context.Settings, context.Hash, "NpgsqlTypes");
        code.Summary(definition.Documentation);
        code.Open($"public enum {definition.Name}");
        for (var i = 0; i < definition.Members.Count; i++)
        {
            var member = definition.Members[i];
            if (i > 0)
            {
                code.Line();
            }

            code.Summary(member.Documentation);
            code.Line($"[{types.Attribute("NpgsqlTypes", "PgName")}({CodeLiteral.Text(member.Label)})]");
            code.Line(member.Name + ",");
        }

        code.Close();
        return new GeneratedFile(definition.Name + ".cs", code.ToString());
    }
}
