/*
  Warnings:

  - You are about to drop the `password_demands` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121111126_down_password_demands" AS SELECT t."userId", t."reason", t."demandedAt" FROM "password_demands" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121111126_down_password_demands" AS a USING "password_demands" AS t WHERE t."userId" = a."userId";
INSERT INTO "sluice_archive"."20261121111126_down_password_demands" SELECT t."userId", t."reason", t."demandedAt" FROM "password_demands" AS t;

-- DropForeignKey
ALTER TABLE "password_demands" DROP CONSTRAINT "password_demands_userId_fkey";

-- DropTable
DROP TABLE "password_demands";
