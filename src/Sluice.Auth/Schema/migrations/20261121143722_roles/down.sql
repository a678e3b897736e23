/*
  Warnings:

  - You are about to drop the `role_grants` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `role_versions` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121143722_down_role_grants" AS SELECT t."userId", t."scopeKind", t."scopeId", t."role", t."grantedBy", t."grantedAt", t."expiresAt" FROM "role_grants" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121143722_down_role_grants" AS a USING "role_grants" AS t WHERE t."userId" = a."userId" AND t."scopeKind" = a."scopeKind" AND t."scopeId" = a."scopeId" AND t."role" = a."role";
INSERT INTO "sluice_archive"."20261121143722_down_role_grants" SELECT t."userId", t."scopeKind", t."scopeId", t."role", t."grantedBy", t."grantedAt", t."expiresAt" FROM "role_grants" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121143722_down_role_versions" AS SELECT t."userId", t."version", t."changedAt" FROM "role_versions" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121143722_down_role_versions" AS a USING "role_versions" AS t WHERE t."userId" = a."userId";
INSERT INTO "sluice_archive"."20261121143722_down_role_versions" SELECT t."userId", t."version", t."changedAt" FROM "role_versions" AS t;

-- DropForeignKey
ALTER TABLE "role_grants" DROP CONSTRAINT "role_grants_userId_fkey";

-- DropForeignKey
ALTER TABLE "role_versions" DROP CONSTRAINT "role_versions_userId_fkey";

-- DropTable
DROP TABLE "role_grants";

-- DropTable
DROP TABLE "role_versions";
