/*
  Warnings:

  - You are about to drop the column `zeta` on the `Item` table. All the data in the column will be lost.
  - The required column `alpha` was added to the `Item` table with a prisma-level default value. This is not possible if the table is not empty. Please add this column as optional, then populate it before making it required.
  - Made the column `beta` on table `Item` required. This step will fail if there are existing NULL values in that column.

*/
-- AlterTable
ALTER TABLE "Item" DROP COLUMN "zeta",
ADD COLUMN     "alpha" TEXT NOT NULL,
ADD COLUMN     "gamma" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ALTER COLUMN "beta" SET NOT NULL,
ALTER COLUMN "price" SET DATA TYPE BIGINT,
ALTER COLUMN "tags" SET DEFAULT ARRAY['a', 'b']::TEXT[],
ALTER COLUMN "note" DROP NOT NULL,
ALTER COLUMN "note" DROP DEFAULT;
