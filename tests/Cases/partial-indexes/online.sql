-- CreateIndex
CREATE INDEX CONCURRENTLY "A_x_idx_new" ON "A"("x") WHERE (x > 5 and b);

-- CreateIndex
CREATE INDEX CONCURRENTLY "A_s_idx" ON "A"("s") WHERE ("b" = true AND "x" IS NULL);

-- DropIndex
DROP INDEX CONCURRENTLY "A_x_idx";
ALTER INDEX "A_x_idx_new" RENAME TO "A_x_idx";
