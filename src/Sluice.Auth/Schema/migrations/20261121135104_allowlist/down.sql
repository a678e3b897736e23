/*
  Warnings:

  - You are about to drop the column `isWhitelisted` on the `users` table. All the data in the column will be lost.
  - You are about to drop the `allowlist` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `invitations` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121135104_down_users" AS SELECT t."id", t."isWhitelisted" FROM "users" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121135104_down_users" AS a USING "users" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121135104_down_users" SELECT t."id", t."isWhitelisted" FROM "users" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121135104_down_allowlist" AS SELECT t."entry", t."reason", t."addedBy", t."addedAt" FROM "allowlist" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121135104_down_allowlist" AS a USING "allowlist" AS t WHERE t."entry" = a."entry";
INSERT INTO "sluice_archive"."20261121135104_down_allowlist" SELECT t."entry", t."reason", t."addedBy", t."addedAt" FROM "allowlist" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121135104_down_invitations" AS SELECT t."email", t."tokenHash", t."reason", t."invitedBy", t."expiresAt", t."createdAt" FROM "invitations" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121135104_down_invitations" AS a USING "invitations" AS t WHERE t."email" = a."email";
INSERT INTO "sluice_archive"."20261121135104_down_invitations" SELECT t."email", t."tokenHash", t."reason", t."invitedBy", t."expiresAt", t."createdAt" FROM "invitations" AS t;

-- AlterTable
ALTER TABLE "users" DROP COLUMN "isWhitelisted";

-- DropTable
DROP TABLE "allowlist";

-- DropTable
DROP TABLE "invitations";
