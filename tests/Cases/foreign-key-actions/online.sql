-- Not online: A is closed while every row is written anew: ALTER TABLE "A" ALTER COLUMN "id" SET DATA TYPE BIGINT
-- Not online: B is closed while every row is written anew: ALTER TABLE "B" ALTER COLUMN "aId" SET DATA TYPE BIGINT

/*
  Warnings:

  - The primary key for the `A` table will be changed. If it partially fails, the table could be left without primary key constraint.

*/
-- DropForeignKey
ALTER TABLE "B" DROP CONSTRAINT "B_aId_fkey";
COMMIT;

-- AlterTable
ALTER TABLE "A" ALTER COLUMN "id" SET DATA TYPE BIGINT;

-- AlterTable
CREATE UNIQUE INDEX CONCURRENTLY "A_pkey_new" ON "A" ("id");
ALTER TABLE "A" DROP CONSTRAINT "A_pkey", ADD CONSTRAINT "A_pkey" PRIMARY KEY USING INDEX "A_pkey_new";
COMMIT;

-- AlterTable
ALTER TABLE "B" ALTER COLUMN "aId" SET DATA TYPE BIGINT;
COMMIT;

-- AddForeignKey
ALTER TABLE "B" ADD CONSTRAINT "B_aId_fkey" FOREIGN KEY ("aId") REFERENCES "A"("id") ON DELETE CASCADE ON UPDATE NO ACTION NOT VALID;
COMMIT;
ALTER TABLE "B" VALIDATE CONSTRAINT "B_aId_fkey";
