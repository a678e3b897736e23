/*
  Warnings:

  - You are about to drop the column `fingerprint` on the `sessions` table. All the data in the column will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121113424_down_sessions" AS SELECT t."id", t."fingerprint" FROM "sessions" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121113424_down_sessions" AS a USING "sessions" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121113424_down_sessions" SELECT t."id", t."fingerprint" FROM "sessions" AS t;

-- AlterTable
ALTER TABLE "sessions" DROP COLUMN "fingerprint";
