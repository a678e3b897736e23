-- Not online: Line is closed while every row is written anew: ALTER TABLE "Line" ALTER COLUMN "extra" SET DATA TYPE TEXT

/*
  Warnings:

  - The primary key for the `Line` table will be changed. If it partially fails, the table could be left without primary key constraint.
  - Made the column `extra` on table `Line` required. This step will fail if there are existing NULL values in that column.

*/
-- AlterTable
ALTER TABLE "Line" ALTER COLUMN "extra" SET DATA TYPE TEXT;
COMMIT;

-- AlterTable
ALTER TABLE "Line" ADD CONSTRAINT "extra_set" CHECK ("extra" IS NOT NULL) NOT VALID;
COMMIT;
ALTER TABLE "Line" VALIDATE CONSTRAINT "extra_set";
COMMIT;
ALTER TABLE "Line" ALTER COLUMN "extra" SET NOT NULL;
ALTER TABLE "Line" DROP CONSTRAINT "extra_set";

-- AlterTable
CREATE UNIQUE INDEX CONCURRENTLY "Line_pkey_new" ON "Line" ("order", "item");
ALTER TABLE "Line" DROP CONSTRAINT "Line_pkey", ADD CONSTRAINT "Line_pkey" PRIMARY KEY USING INDEX "Line_pkey_new";
