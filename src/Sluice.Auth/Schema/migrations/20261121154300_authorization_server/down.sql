/*
  Warnings:

  - You are about to drop the `authorization_codes` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `client_consents` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `client_sessions` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121154300_down_authorization_codes" AS SELECT t."codeHash", t."clientId", t."sessionId", t."redirectUri", t."codeChallenge", t."nonce", t."scope", t."createdAt", t."expiresAt", t."usedAt", t."issuedSessionId" FROM "authorization_codes" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121154300_down_authorization_codes" AS a USING "authorization_codes" AS t WHERE t."codeHash" = a."codeHash";
INSERT INTO "sluice_archive"."20261121154300_down_authorization_codes" SELECT t."codeHash", t."clientId", t."sessionId", t."redirectUri", t."codeChallenge", t."nonce", t."scope", t."createdAt", t."expiresAt", t."usedAt", t."issuedSessionId" FROM "authorization_codes" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121154300_down_client_consents" AS SELECT t."userId", t."clientId", t."scope", t."grantedAt" FROM "client_consents" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121154300_down_client_consents" AS a USING "client_consents" AS t WHERE t."userId" = a."userId" AND t."clientId" = a."clientId";
INSERT INTO "sluice_archive"."20261121154300_down_client_consents" SELECT t."userId", t."clientId", t."scope", t."grantedAt" FROM "client_consents" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121154300_down_client_sessions" AS SELECT t."sessionId", t."clientId", t."scope", t."parentId", t."authenticatedAt" FROM "client_sessions" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121154300_down_client_sessions" AS a USING "client_sessions" AS t WHERE t."sessionId" = a."sessionId";
INSERT INTO "sluice_archive"."20261121154300_down_client_sessions" SELECT t."sessionId", t."clientId", t."scope", t."parentId", t."authenticatedAt" FROM "client_sessions" AS t;

-- DropForeignKey
ALTER TABLE "authorization_codes" DROP CONSTRAINT "authorization_codes_sessionId_fkey";

-- DropForeignKey
ALTER TABLE "client_consents" DROP CONSTRAINT "client_consents_userId_fkey";

-- DropForeignKey
ALTER TABLE "client_sessions" DROP CONSTRAINT "client_sessions_sessionId_fkey";

-- DropTable
DROP TABLE "authorization_codes";

-- DropTable
DROP TABLE "client_consents";

-- DropTable
DROP TABLE "client_sessions";
