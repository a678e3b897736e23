-- Not online: Item is closed while every row is written anew: ALTER TABLE "Item" ALTER COLUMN "price" SET DATA TYPE BIGINT
-- To be filled: "alpha" of "Item", before the migration that requires it

/*
  Warnings:

  - You are about to drop the column `zeta` on the `Item` table. All the data in the column will be lost.
  - Made the column `beta` on table `Item` required. This step will fail if there are existing NULL values in that column.

*/
-- AlterTable
ALTER TABLE "Item" ADD COLUMN     "alpha" TEXT,
ADD COLUMN     "gamma" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ALTER COLUMN "tags" SET DEFAULT ARRAY['a', 'b']::TEXT[],
ALTER COLUMN "note" DROP NOT NULL,
ALTER COLUMN "note" DROP DEFAULT;
COMMIT;
ALTER TABLE "Item" ALTER COLUMN "price" SET DATA TYPE BIGINT;
COMMIT;

-- AlterTable
ALTER TABLE "Item" ADD CONSTRAINT "beta_set" CHECK ("beta" IS NOT NULL) NOT VALID;
COMMIT;
ALTER TABLE "Item" VALIDATE CONSTRAINT "beta_set";
COMMIT;
ALTER TABLE "Item" ALTER COLUMN "beta" SET NOT NULL;
ALTER TABLE "Item" DROP CONSTRAINT "beta_set";

-- AlterTable
ALTER TABLE "Item" DROP COLUMN "zeta";
