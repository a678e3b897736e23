/*
  Warnings:

  - You are about to drop the column `metadata` on the `users` table. All the data in the column will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121110638_down_users" AS SELECT t."id", t."metadata" FROM "users" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121110638_down_users" AS a USING "users" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121110638_down_users" SELECT t."id", t."metadata" FROM "users" AS t;

-- AlterTable
ALTER TABLE "users" DROP COLUMN "metadata";
