/*
  Warnings:

  - You are about to drop the `account_locks` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121142025_down_account_locks" AS SELECT t."userId", t."endsAt", t."reason", t."lockedBy", t."lockedAt" FROM "account_locks" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121142025_down_account_locks" AS a USING "account_locks" AS t WHERE t."userId" = a."userId";
INSERT INTO "sluice_archive"."20261121142025_down_account_locks" SELECT t."userId", t."endsAt", t."reason", t."lockedBy", t."lockedAt" FROM "account_locks" AS t;

-- DropIndex
DROP INDEX "public"."users_unverified_idx";

-- DropIndex
DROP INDEX "public"."users_disabled_idx";

-- DropIndex
DROP INDEX "public"."users_deleted_idx";

-- DropForeignKey
ALTER TABLE "account_locks" DROP CONSTRAINT "account_locks_userId_fkey";

-- DropIndex
DROP INDEX "audit_logs_ipAddress_createdAt_idx";

-- DropIndex
DROP INDEX "audit_logs_requestId_idx";

-- DropIndex
DROP INDEX "audit_logs_resourceId_createdAt_idx";

-- DropIndex
DROP INDEX "users_createdAt_id_idx";

-- DropIndex
DROP INDEX "users_email_idx";

-- DropIndex
DROP INDEX "users_username_idx";

-- DropTable
DROP TABLE "account_locks";
