-- AlterTable
ALTER TABLE "users" ADD COLUMN     "isWhitelisted" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "allowlist" (
    "entry" TEXT NOT NULL,
    "reason" TEXT,
    "addedBy" UUID,
    "addedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "allowlist_pkey" PRIMARY KEY ("entry")
);

-- CreateTable
CREATE TABLE "invitations" (
    "email" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "reason" TEXT,
    "invitedBy" UUID,
    "expiresAt" TIMESTAMPTZ(6) NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("email")
);

-- CreateIndex
CREATE UNIQUE INDEX "invitations_tokenHash_key" ON "invitations"("tokenHash");

-- CreateIndex
CREATE INDEX "invitations_expiresAt_idx" ON "invitations"("expiresAt");
