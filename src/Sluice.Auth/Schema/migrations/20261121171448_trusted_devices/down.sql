/*
  Warnings:

  - You are about to drop the column `keyId` on the `email_logs` table. All the data in the column will be lost.
  - You are about to drop the column `country` on the `sessions` table. All the data in the column will be lost.
  - You are about to drop the `trusted_devices` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121171448_down_email_logs" AS SELECT t."id", t."keyId" FROM "email_logs" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121171448_down_email_logs" AS a USING "email_logs" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121171448_down_email_logs" SELECT t."id", t."keyId" FROM "email_logs" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121171448_down_sessions" AS SELECT t."id", t."country" FROM "sessions" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121171448_down_sessions" AS a USING "sessions" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121171448_down_sessions" SELECT t."id", t."country" FROM "sessions" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121171448_down_trusted_devices" AS SELECT t."id", t."userId", t."tokenHash", t."deviceInfo", t."ipAddress", t."createdAt", t."lastUsedAt", t."expiresAt" FROM "trusted_devices" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121171448_down_trusted_devices" AS a USING "trusted_devices" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121171448_down_trusted_devices" SELECT t."id", t."userId", t."tokenHash", t."deviceInfo", t."ipAddress", t."createdAt", t."lastUsedAt", t."expiresAt" FROM "trusted_devices" AS t;

-- DropForeignKey
ALTER TABLE "trusted_devices" DROP CONSTRAINT "trusted_devices_userId_fkey";

-- AlterTable
ALTER TABLE "email_logs" DROP COLUMN "keyId";

-- AlterTable
ALTER TABLE "sessions" DROP COLUMN "country";

-- DropTable
DROP TABLE "trusted_devices";
