/*
  Warnings:

  - The primary key for the `Line` table will be changed. If it partially fails, the table could be left without primary key constraint.
  - Made the column `extra` on table `Line` required. This step will fail if there are existing NULL values in that column.

*/
-- AlterTable
ALTER TABLE "Line" DROP CONSTRAINT "Line_pkey",
ALTER COLUMN "extra" SET NOT NULL,
ALTER COLUMN "extra" SET DATA TYPE TEXT,
ADD CONSTRAINT "Line_pkey" PRIMARY KEY ("order", "item");
