using System.Globalization;
using System.Text;

namespace Sluice.Bench;

/// <summary>A schema of N models in a chain, with an enum, defaults, native types, a unique field and an index each.</summary>
internal static class LargeSchema
{
    public static string Write(int models, int edited = 0)
    {
        var text = new StringBuilder("""
            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
            }

            enum Status {
              ACTIVE
              INACTIVE
              ARCHIVED
            }

            """.ReplaceLineEndings("\n"));
        for (var i = 1; i <= models; i++)
        {
            var parent = i == 1 ? "" : $"  parentId  Int?\n  parent    Model{Number(i - 1)}? @relation(fields: [parentId], references: [id], onDelete: SetNull)\n";
            var children = i == models ? "" : $"  children  Model{Number(i + 1)}[]\n";
            var extra = i <= edited ? "  extra     String?\n" : "";
            text.Append($$"""

                model Model{{Number(i)}} {
                  id        Int      @id @default(autoincrement())
                  email     String   @unique @db.VarChar(255)
                  name      String?
                  status    Status   @default(ACTIVE)
                  score     Decimal  @default(0) @db.Decimal(10, 2)
                  tags      String[]
                  meta      Json?
                  active    Boolean  @default(true)
                  createdAt DateTime @default(now())
                  updatedAt DateTime @updatedAt
                {{parent}}{{children}}{{extra}}
                  @@index([name, status])
                  @@map("model_{{Number(i)}}")
                }

                """.ReplaceLineEndings("\n"));
        }

        return text.ToString();
    }

    private static string Number(int number) => number.ToString("0000", CultureInfo.InvariantCulture);
}
