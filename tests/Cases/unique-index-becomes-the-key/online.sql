-- AlterTable
CREATE UNIQUE INDEX CONCURRENTLY "Link_pkey_new" ON "Link" ("a", "b");
ALTER TABLE "Link" ADD CONSTRAINT "Link_pkey" PRIMARY KEY USING INDEX "Link_pkey_new";

-- DropIndex
DROP INDEX CONCURRENTLY "Link_a_b_key";
