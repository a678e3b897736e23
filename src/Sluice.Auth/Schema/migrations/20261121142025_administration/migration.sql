-- CreateTable
CREATE TABLE "account_locks" (
    "userId" UUID NOT NULL,
    "endsAt" TIMESTAMPTZ(6),
    "reason" TEXT,
    "lockedBy" TEXT,
    "lockedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "account_locks_pkey" PRIMARY KEY ("userId")
);

-- CreateIndex
CREATE INDEX "audit_logs_resourceId_createdAt_idx" ON "audit_logs"("resourceId", "createdAt");

-- CreateIndex
CREATE INDEX "audit_logs_ipAddress_createdAt_idx" ON "audit_logs"("ipAddress", "createdAt");

-- CreateIndex
CREATE INDEX "audit_logs_requestId_idx" ON "audit_logs"("requestId");

-- CreateIndex
CREATE INDEX "users_createdAt_id_idx" ON "users"("createdAt", "id");

-- CreateIndex
CREATE INDEX "users_email_idx" ON "users"("email" text_pattern_ops);

-- CreateIndex
CREATE INDEX "users_username_idx" ON "users"("username" text_pattern_ops);

-- AddForeignKey
ALTER TABLE "account_locks" ADD CONSTRAINT "account_locks_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX users_deleted_idx ON public.users USING btree ("createdAt", id) WHERE ("deletedAt" IS NOT NULL);

-- CreateIndex
CREATE INDEX users_disabled_idx ON public.users USING btree ("createdAt", id) WHERE (NOT "isActive");

-- CreateIndex
CREATE INDEX users_unverified_idx ON public.users USING btree ("createdAt", id) WHERE ("emailVerified" IS NULL);
