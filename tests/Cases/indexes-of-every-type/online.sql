-- CreateIndex
CREATE INDEX CONCURRENTLY "Doc_name_idx_new" ON "Doc"("name" text_pattern_ops DESC);

-- CreateIndex
CREATE INDEX CONCURRENTLY "Doc_body_idx" ON "Doc" USING GIN ("body" jsonb_path_ops);

-- CreateIndex
CREATE INDEX CONCURRENTLY "Doc_tags_idx" ON "Doc" USING GIN ("tags");

-- CreateIndex
CREATE INDEX CONCURRENTLY "Doc_at_idx" ON "Doc" USING BRIN ("at");

-- CreateIndex
CREATE INDEX CONCURRENTLY "Doc_ip_idx" ON "Doc" USING GIST ("ip" inet_ops);

-- CreateIndex
CREATE INDEX CONCURRENTLY "doc_name_hash" ON "Doc" USING HASH ("name");

-- CreateIndex
CREATE INDEX CONCURRENTLY "doc_name_spgist" ON "Doc" USING SPGIST ("name" text_ops);

-- DropIndex
DROP INDEX CONCURRENTLY "Doc_name_idx";
ALTER INDEX "Doc_name_idx_new" RENAME TO "Doc_name_idx";
