-- To be filled: "code" of "Item", before the migration that requires it

/*
  Warnings:

  - The `code` column on the `Item` table would be dropped and recreated. This will lead to data loss if there is data in the column.
  - The `kind` column on the `Item` table would be dropped and recreated. This will lead to data loss if there is data in the column.

*/
-- AlterTable
ALTER TABLE "Item" DROP COLUMN "code",
ADD COLUMN     "code" INTEGER,
DROP COLUMN "kind",
ADD COLUMN     "kind" INTEGER;

-- CreateIndex
CREATE INDEX CONCURRENTLY "Item_code_id_idx" ON "Item"("code", "id");

-- CreateIndex
CREATE INDEX CONCURRENTLY "Item_kind_idx" ON "Item"("kind");
