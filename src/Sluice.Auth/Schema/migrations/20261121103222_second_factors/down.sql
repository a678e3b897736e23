/*
  Warnings:

  - You are about to drop the column `aal` on the `sessions` table. All the data in the column will be lost.
  - You are about to drop the column `amr` on the `sessions` table. All the data in the column will be lost.
  - You are about to drop the `backup_codes` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `mfa_challenges` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `mfa_factors` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121103222_down_sessions" AS SELECT t."id", t."aal", t."amr" FROM "sessions" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121103222_down_sessions" AS a USING "sessions" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121103222_down_sessions" SELECT t."id", t."aal", t."amr" FROM "sessions" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121103222_down_backup_codes" AS SELECT t."userId", t."position", t."codeHash", t."createdAt", t."usedAt" FROM "backup_codes" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121103222_down_backup_codes" AS a USING "backup_codes" AS t WHERE t."userId" = a."userId" AND t."position" = a."position";
INSERT INTO "sluice_archive"."20261121103222_down_backup_codes" SELECT t."userId", t."position", t."codeHash", t."createdAt", t."usedAt" FROM "backup_codes" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121103222_down_mfa_challenges" AS SELECT t."tokenHash", t."userId", t."sessionId", t."credential", t."amr", t."deviceInfo", t."tries", t."createdAt", t."expiresAt" FROM "mfa_challenges" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121103222_down_mfa_challenges" AS a USING "mfa_challenges" AS t WHERE t."tokenHash" = a."tokenHash";
INSERT INTO "sluice_archive"."20261121103222_down_mfa_challenges" SELECT t."tokenHash", t."userId", t."sessionId", t."credential", t."amr", t."deviceInfo", t."tries", t."createdAt", t."expiresAt" FROM "mfa_challenges" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121103222_down_mfa_factors" AS SELECT t."id", t."userId", t."name", t."secret", t."keyId", t."lastUsedStep", t."createdAt", t."activatedAt" FROM "mfa_factors" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121103222_down_mfa_factors" AS a USING "mfa_factors" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121103222_down_mfa_factors" SELECT t."id", t."userId", t."name", t."secret", t."keyId", t."lastUsedStep", t."createdAt", t."activatedAt" FROM "mfa_factors" AS t;

-- DropForeignKey
ALTER TABLE "backup_codes" DROP CONSTRAINT "backup_codes_userId_fkey";

-- DropForeignKey
ALTER TABLE "mfa_challenges" DROP CONSTRAINT "mfa_challenges_sessionId_fkey";

-- DropForeignKey
ALTER TABLE "mfa_challenges" DROP CONSTRAINT "mfa_challenges_userId_fkey";

-- DropForeignKey
ALTER TABLE "mfa_factors" DROP CONSTRAINT "mfa_factors_userId_fkey";

-- AlterTable
ALTER TABLE "sessions" DROP COLUMN "aal",
DROP COLUMN "amr";

-- DropTable
DROP TABLE "backup_codes";

-- DropTable
DROP TABLE "mfa_challenges";

-- DropTable
DROP TABLE "mfa_factors";
