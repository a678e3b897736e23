-- irreversible: hashes of refresh tokens lead back to none, so the `sessions` end, and with them `legacy_access_tokens`
/*
  Warnings:

  - You are about to drop the column `aal` on the `sessions` table. All the data in the column will be lost.
  - You are about to drop the column `amr` on the `sessions` table. All the data in the column will be lost.
  - You are about to drop the column `fingerprint` on the `sessions` table. All the data in the column will be lost.
  - You are about to drop the column `emailVerified` on the `users` table. All the data in the column will be lost.
  - You are about to drop the column `isActive` on the `users` table. All the data in the column will be lost.
  - You are about to drop the column `passwordHash` on the `users` table. All the data in the column will be lost.
  - You are about to drop the column `role` on the `users` table. All the data in the column will be lost.
  - You are about to drop the `draws` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `tickets` table. If the table is not empty, all the data it contains will be lost.
  - Every session ends: the hashes of refresh tokens lead back to none.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121141410_down_sessions" AS SELECT t."id", t."aal", t."amr", t."fingerprint" FROM "sessions" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121141410_down_sessions" AS a USING "sessions" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121141410_down_sessions" SELECT t."id", t."aal", t."amr", t."fingerprint" FROM "sessions" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121141410_down_users" AS SELECT t."id", t."emailVerified", t."isActive", t."passwordHash", t."role" FROM "users" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121141410_down_users" AS a USING "users" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121141410_down_users" SELECT t."id", t."emailVerified", t."isActive", t."passwordHash", t."role" FROM "users" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121141410_down_draws" AS SELECT t."id", t."roomId", t."prizeId", t."round", t."commitment", t."seed", t."tickets", t."drawnAt", t."createdAt" FROM "draws" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121141410_down_draws" AS a USING "draws" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121141410_down_draws" SELECT t."id", t."roomId", t."prizeId", t."round", t."commitment", t."seed", t."tickets", t."drawnAt", t."createdAt" FROM "draws" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121141410_down_tickets" AS SELECT t."roomId", t."number", t."participantId" FROM "tickets" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121141410_down_tickets" AS a USING "tickets" AS t WHERE t."roomId" = a."roomId" AND t."number" = a."number";
INSERT INTO "sluice_archive"."20261121141410_down_tickets" SELECT t."roomId", t."number", t."participantId" FROM "tickets" AS t;

-- DropForeignKey
ALTER TABLE "draws" DROP CONSTRAINT "draws_prizeId_fkey";

-- DropForeignKey
ALTER TABLE "draws" DROP CONSTRAINT "draws_roomId_fkey";

-- DropForeignKey
ALTER TABLE "tickets" DROP CONSTRAINT "tickets_participantId_fkey";

-- DropForeignKey
ALTER TABLE "tickets" DROP CONSTRAINT "tickets_roomId_fkey";

-- DropIndex
DROP INDEX "participants_roomId_id_idx";

-- DropIndex
DROP INDEX "participants_roomId_role_id_idx";

-- DropIndex
DROP INDEX "rooms_isPublic_id_idx";

-- DropIndex
DROP INDEX "rooms_status_isPublic_appId_id_idx";

-- DropIndex
DROP INDEX "winners_roomId_id_idx";

-- AlterTable
ALTER TABLE "sessions" DROP COLUMN "aal",
DROP COLUMN "amr",
DROP COLUMN "fingerprint";

-- Who signs in by a password alone has no provider to go back to; the old application lets nobody in by these.
UPDATE "users" SET "provider" = 'password', "providerId" = "id" WHERE "provider" IS NULL;

-- A hash leads back to no token: the sessions are over, and everybody signs in again.
DELETE FROM "sessions";

-- AlterTable
ALTER TABLE "users" DROP COLUMN "emailVerified",
DROP COLUMN "isActive",
DROP COLUMN "passwordHash",
DROP COLUMN "role",
ALTER COLUMN "provider" SET NOT NULL,
ALTER COLUMN "providerId" SET NOT NULL;

-- DropTable
DROP TABLE "draws";

-- DropTable
DROP TABLE "tickets";
