-- CreateTable
CREATE TABLE "role_grants" (
    "userId" UUID NOT NULL,
    "scopeKind" TEXT NOT NULL DEFAULT '',
    "scopeId" TEXT NOT NULL DEFAULT '',
    "role" TEXT NOT NULL,
    "grantedBy" UUID,
    "grantedAt" TIMESTAMPTZ(6) NOT NULL,
    "expiresAt" TIMESTAMPTZ(6),

    CONSTRAINT "role_grants_pkey" PRIMARY KEY ("userId","scopeKind","scopeId","role")
);

-- CreateTable
CREATE TABLE "role_versions" (
    "userId" UUID NOT NULL,
    "version" BIGINT NOT NULL,
    "changedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "role_versions_pkey" PRIMARY KEY ("userId")
);

-- CreateIndex
CREATE INDEX "role_grants_scopeKind_scopeId_idx" ON "role_grants"("scopeKind", "scopeId");

-- CreateIndex
CREATE INDEX "role_grants_expiresAt_idx" ON "role_grants"("expiresAt");

-- AddForeignKey
ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_versions" ADD CONSTRAINT "role_versions_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
