/*
  Warnings:

  - You are about to drop the `email_changes` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `email_logs` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `email_verification_tokens` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `password_reset_tokens` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121103811_down_email_changes" AS SELECT t."userId", t."newEmail", t."oldTokenHash", t."newTokenHash", t."oldConfirmedAt", t."newConfirmedAt", t."sessionId", t."expiresAt", t."createdAt" FROM "email_changes" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121103811_down_email_changes" AS a USING "email_changes" AS t WHERE t."userId" = a."userId";
INSERT INTO "sluice_archive"."20261121103811_down_email_changes" SELECT t."userId", t."newEmail", t."oldTokenHash", t."newTokenHash", t."oldConfirmedAt", t."newConfirmedAt", t."sessionId", t."expiresAt", t."createdAt" FROM "email_changes" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121103811_down_email_logs" AS SELECT t."id", t."userId", t."recipient", t."template", t."culture", t."status", t."attempts", t."nextTryAt", t."expiresAt", t."content", t."error", t."createdAt", t."sentAt", t."bouncedAt" FROM "email_logs" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121103811_down_email_logs" AS a USING "email_logs" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121103811_down_email_logs" SELECT t."id", t."userId", t."recipient", t."template", t."culture", t."status", t."attempts", t."nextTryAt", t."expiresAt", t."content", t."error", t."createdAt", t."sentAt", t."bouncedAt" FROM "email_logs" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121103811_down_email_verification_tokens" AS SELECT t."userId", t."email", t."tokenHash", t."codeHash", t."codeTries", t."codeExpiresAt", t."passwordHash", t."expiresAt", t."createdAt" FROM "email_verification_tokens" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121103811_down_email_verification_tokens" AS a USING "email_verification_tokens" AS t WHERE t."userId" = a."userId";
INSERT INTO "sluice_archive"."20261121103811_down_email_verification_tokens" SELECT t."userId", t."email", t."tokenHash", t."codeHash", t."codeTries", t."codeExpiresAt", t."passwordHash", t."expiresAt", t."createdAt" FROM "email_verification_tokens" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121103811_down_password_reset_tokens" AS SELECT t."userId", t."tokenHash", t."expiresAt", t."createdAt" FROM "password_reset_tokens" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121103811_down_password_reset_tokens" AS a USING "password_reset_tokens" AS t WHERE t."userId" = a."userId";
INSERT INTO "sluice_archive"."20261121103811_down_password_reset_tokens" SELECT t."userId", t."tokenHash", t."expiresAt", t."createdAt" FROM "password_reset_tokens" AS t;

-- DropForeignKey
ALTER TABLE "email_changes" DROP CONSTRAINT "email_changes_userId_fkey";

-- DropForeignKey
ALTER TABLE "email_verification_tokens" DROP CONSTRAINT "email_verification_tokens_userId_fkey";

-- DropForeignKey
ALTER TABLE "password_reset_tokens" DROP CONSTRAINT "password_reset_tokens_userId_fkey";

-- DropTable
DROP TABLE "email_changes";

-- DropTable
DROP TABLE "email_logs";

-- DropTable
DROP TABLE "email_verification_tokens";

-- DropTable
DROP TABLE "password_reset_tokens";
