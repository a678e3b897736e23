-- irreversible: nobody knows the access tokens (`sessions`.`accessToken`) any more; devices and times of use (`sessions`.`deviceInfo`, `sessions`.`ipAddress`, `sessions`.`lastUsedAt`), `token_blacklist` and `legacy_access_tokens` are of no use to the old application
/*
  Back to access tokens in the database. Sessions and refresh tokens stay. Nobody knows the access tokens that are made up here, so every
  client asks for a new one with its refresh token, as it would have within the hour.
*/
-- DropIndex
DROP INDEX "sessions_lastUsedAt_idx";

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "accessToken" TEXT,
DROP COLUMN "deviceInfo",
DROP COLUMN "ipAddress",
DROP COLUMN "lastUsedAt";

UPDATE "sessions" SET "accessToken" = encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex');

-- AlterTable
ALTER TABLE "sessions" ALTER COLUMN "accessToken" SET NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "sessions_accessToken_key" ON "sessions"("accessToken");

-- CreateIndex
CREATE INDEX "sessions_accessToken_idx" ON "sessions"("accessToken");

-- DropTable
DROP TABLE "token_blacklist";

-- DropTable
DROP TABLE "legacy_access_tokens";
