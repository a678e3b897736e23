/*
  Warnings:

  - The primary key for the `_TagToZine` table will be changed. If it partially fails, the table could be left without primary key constraint.
  - The primary key for the `_written` table will be changed. If it partially fails, the table could be left without primary key constraint.

*/
-- RenameTable
ALTER TABLE "Article" RENAME TO "Zine";

-- RenameTable
ALTER TABLE "_ArticleToTag" RENAME TO "_TagToZine";

-- RenameColumn
ALTER TABLE "_TagToZine" RENAME COLUMN "A" TO "A_aside";

-- RenameColumn
ALTER TABLE "_TagToZine" RENAME COLUMN "B" TO "A";

-- RenameColumn
ALTER TABLE "_TagToZine" RENAME COLUMN "A_aside" TO "B";

-- RenameColumn
ALTER TABLE "_written" RENAME COLUMN "A" TO "A_aside";

-- RenameColumn
ALTER TABLE "_written" RENAME COLUMN "B" TO "A";

-- RenameColumn
ALTER TABLE "_written" RENAME COLUMN "A_aside" TO "B";

-- RenameSequence
ALTER SEQUENCE "Article_id_seq" RENAME TO "Zine_id_seq";

-- AlterTable
ALTER TABLE "Zine" RENAME CONSTRAINT "Article_pkey" TO "Zine_pkey";

-- DropIndex
DROP INDEX "_ArticleToTag_B_index";

-- DropIndex
DROP INDEX "_written_B_index";

-- AlterTable
ALTER TABLE "_TagToZine" DROP CONSTRAINT "_ArticleToTag_AB_pkey",
ADD CONSTRAINT "_TagToZine_AB_pkey" PRIMARY KEY ("A", "B");

-- AlterTable
ALTER TABLE "_written" DROP CONSTRAINT "_written_AB_pkey",
ADD CONSTRAINT "_written_AB_pkey" PRIMARY KEY ("A", "B");

-- CreateIndex
CREATE INDEX "_TagToZine_B_index" ON "_TagToZine"("B");

-- CreateIndex
CREATE INDEX "_written_B_index" ON "_written"("B");
