-- DropIndex
DROP INDEX "A_x_idx";

-- CreateIndex
CREATE INDEX "A_x_idx" ON "A"("x") WHERE (x > 5 and b);

-- CreateIndex
CREATE INDEX "A_s_idx" ON "A"("s") WHERE ("b" = true AND "x" IS NULL);
