-- By month, so that a year later a month goes without a row being touched. Upkeep makes the months, in schema "sluice_audit";
-- what comes before it does is kept here.
DROP TABLE "audit_logs";
CREATE TABLE "audit_logs" (
    "id" UUID NOT NULL,
    "userId" UUID,
    "sessionId" UUID,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "action" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "resourceId" TEXT,
    "oldValues" JSONB,
    "newValues" JSONB,
    "requestId" TEXT,
    "createdAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "audit_logs_pkey" PRIMARY KEY ("id", "createdAt")
) PARTITION BY RANGE ("createdAt");
CREATE INDEX "audit_logs_userId_createdAt_idx" ON "audit_logs" ("userId", "createdAt");
CREATE INDEX "audit_logs_action_createdAt_idx" ON "audit_logs" ("action", "createdAt");
CREATE INDEX "audit_logs_resourceId_createdAt_idx" ON "audit_logs" ("resourceId", "createdAt");
CREATE INDEX "audit_logs_ipAddress_createdAt_idx" ON "audit_logs" ("ipAddress", "createdAt");
CREATE INDEX "audit_logs_requestId_idx" ON "audit_logs" ("requestId");
CREATE INDEX "audit_logs_createdAt_idx" ON "audit_logs" ("createdAt");
CREATE TABLE "audit_logs_rest" PARTITION OF "audit_logs" DEFAULT;
