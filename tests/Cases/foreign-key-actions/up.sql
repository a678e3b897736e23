/*
  Warnings:

  - The primary key for the `A` table will be changed. If it partially fails, the table could be left without primary key constraint.

*/
-- DropForeignKey
ALTER TABLE "B" DROP CONSTRAINT "B_aId_fkey";

-- AlterTable
ALTER TABLE "A" DROP CONSTRAINT "A_pkey",
ALTER COLUMN "id" SET DATA TYPE BIGINT,
ADD CONSTRAINT "A_pkey" PRIMARY KEY ("id");

-- AlterTable
ALTER TABLE "B" ALTER COLUMN "aId" SET DATA TYPE BIGINT;

-- AddForeignKey
ALTER TABLE "B" ADD CONSTRAINT "B_aId_fkey" FOREIGN KEY ("aId") REFERENCES "A"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
