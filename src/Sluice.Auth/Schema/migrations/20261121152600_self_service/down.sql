/*
  Warnings:

  - You are about to drop the `notifications` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `user_preferences` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121152600_down_notifications" AS SELECT t."id", t."userId", t."type", t."title", t."data", t."createdAt", t."readAt" FROM "notifications" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121152600_down_notifications" AS a USING "notifications" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121152600_down_notifications" SELECT t."id", t."userId", t."type", t."title", t."data", t."createdAt", t."readAt" FROM "notifications" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121152600_down_user_preferences" AS SELECT t."userId", t."theme", t."language", t."timeZone", t."updatedAt" FROM "user_preferences" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121152600_down_user_preferences" AS a USING "user_preferences" AS t WHERE t."userId" = a."userId";
INSERT INTO "sluice_archive"."20261121152600_down_user_preferences" SELECT t."userId", t."theme", t."language", t."timeZone", t."updatedAt" FROM "user_preferences" AS t;

-- DropForeignKey
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_userId_fkey";

-- DropForeignKey
ALTER TABLE "user_preferences" DROP CONSTRAINT "user_preferences_userId_fkey";

-- DropTable
DROP TABLE "notifications";

-- DropTable
DROP TABLE "user_preferences";
