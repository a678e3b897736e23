-- DropIndex
DROP INDEX "Doc_name_idx";

-- CreateIndex
CREATE INDEX "Doc_name_idx" ON "Doc"("name" text_pattern_ops DESC);

-- CreateIndex
CREATE INDEX "Doc_body_idx" ON "Doc" USING GIN ("body" jsonb_path_ops);

-- CreateIndex
CREATE INDEX "Doc_tags_idx" ON "Doc" USING GIN ("tags");

-- CreateIndex
CREATE INDEX "Doc_at_idx" ON "Doc" USING BRIN ("at");

-- CreateIndex
CREATE INDEX "Doc_ip_idx" ON "Doc" USING GIST ("ip" inet_ops);

-- CreateIndex
CREATE INDEX "doc_name_hash" ON "Doc" USING HASH ("name");

-- CreateIndex
CREATE INDEX "doc_name_spgist" ON "Doc" USING SPGIST ("name" text_ops);
