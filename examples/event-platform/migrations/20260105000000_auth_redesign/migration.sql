/*
  Warnings:

  - You are about to drop the column `accessToken` on the `sessions` table. All the data in the column will be lost.

  The loss is meant: access tokens are signed now and verified without the database. Sessions and their refresh tokens
  stay, so that nobody has to sign in again; the access tokens that are out are accepted for another day, by their hashes.
*/
-- CreateTable
CREATE TABLE "legacy_access_tokens" (
    "tokenHash" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "legacy_access_tokens_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateIndex
CREATE INDEX "legacy_access_tokens_sessionId_idx" ON "legacy_access_tokens"("sessionId");

-- AddForeignKey
ALTER TABLE "legacy_access_tokens" ADD CONSTRAINT "legacy_access_tokens_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The old application goes on for the length of a deployment, and its clients for as long as they have not asked for a new token.
INSERT INTO "legacy_access_tokens" ("tokenHash", "sessionId", "expiresAt")
SELECT encode(sha256(convert_to("accessToken", 'UTF8')), 'hex'), "id", LEAST("expiresAt", (now() AT TIME ZONE 'UTC') + interval '24 hours')
FROM "sessions" WHERE "expiresAt" > now() AT TIME ZONE 'UTC';

-- DropIndex
DROP INDEX "sessions_accessToken_idx";

-- DropIndex
DROP INDEX "sessions_accessToken_key";

-- AlterTable
ALTER TABLE "sessions" DROP COLUMN "accessToken",
ADD COLUMN     "deviceInfo" TEXT,
ADD COLUMN     "ipAddress" TEXT,
ADD COLUMN     "lastUsedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- The last known use of an old session is its beginning: the clean-up of stale sessions goes by this column.
UPDATE "sessions" SET "lastUsedAt" = "createdAt";

-- CreateTable
CREATE TABLE "token_blacklist" (
    "id" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "userId" TEXT NOT NULL,
    "reason" TEXT,
    "revokedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revokedBy" TEXT,

    CONSTRAINT "token_blacklist_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "token_blacklist_tokenHash_key" ON "token_blacklist"("tokenHash");

-- CreateIndex
CREATE INDEX "token_blacklist_tokenHash_idx" ON "token_blacklist"("tokenHash");

-- CreateIndex
CREATE INDEX "token_blacklist_expiresAt_idx" ON "token_blacklist"("expiresAt");

-- CreateIndex
CREATE INDEX "token_blacklist_userId_idx" ON "token_blacklist"("userId");

-- CreateIndex
CREATE INDEX "sessions_lastUsedAt_idx" ON "sessions"("lastUsedAt");
