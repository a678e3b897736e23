-- AlterTable
ALTER TABLE "Link" ADD CONSTRAINT "Link_pkey" PRIMARY KEY ("a", "b");

-- DropIndex
DROP INDEX "Link_a_b_key";
