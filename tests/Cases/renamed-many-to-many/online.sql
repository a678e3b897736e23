-- Not online: the application that runs asks for the old name: ALTER TABLE "Article" RENAME TO "Zine"
-- Not online: _ArticleToTag is locked while Article still is, in one transaction: ALTER TABLE "_ArticleToTag" RENAME TO "_TagToZine"
-- Not online: the application that runs asks for the old name: ALTER TABLE "_TagToZine" RENAME COLUMN "A" TO "A_aside"
-- Not online: the application that runs asks for the old name: ALTER TABLE "_TagToZine" RENAME COLUMN "B" TO "A"
-- Not online: the application that runs asks for the old name: ALTER TABLE "_TagToZine" RENAME COLUMN "A_aside" TO "B"
-- Not online: the application that runs asks for the old name: ALTER TABLE "_written" RENAME COLUMN "A" TO "A_aside"
-- Not online: the application that runs asks for the old name: ALTER TABLE "_written" RENAME COLUMN "B" TO "A"
-- Not online: the application that runs asks for the old name: ALTER TABLE "_written" RENAME COLUMN "A_aside" TO "B"

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
COMMIT;

-- AlterTable
ALTER TABLE "Zine" RENAME CONSTRAINT "Article_pkey" TO "Zine_pkey";

-- AlterTable
CREATE UNIQUE INDEX CONCURRENTLY "_TagToZine_AB_pkey_new" ON "_TagToZine" ("A", "B");
ALTER TABLE "_TagToZine" DROP CONSTRAINT "_ArticleToTag_AB_pkey", ADD CONSTRAINT "_TagToZine_AB_pkey" PRIMARY KEY USING INDEX "_TagToZine_AB_pkey_new";

-- AlterTable
CREATE UNIQUE INDEX CONCURRENTLY "_written_AB_pkey_new" ON "_written" ("A", "B");
ALTER TABLE "_written" DROP CONSTRAINT "_written_AB_pkey", ADD CONSTRAINT "_written_AB_pkey" PRIMARY KEY USING INDEX "_written_AB_pkey_new";

-- CreateIndex
CREATE INDEX CONCURRENTLY "_TagToZine_B_index" ON "_TagToZine"("B");

-- DropIndex
DROP INDEX CONCURRENTLY "_ArticleToTag_B_index";

-- CreateIndex
CREATE INDEX CONCURRENTLY "_written_B_index_new" ON "_written"("B");

-- DropIndex
DROP INDEX CONCURRENTLY "_written_B_index";
ALTER INDEX "_written_B_index_new" RENAME TO "_written_B_index";
