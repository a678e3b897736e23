/*
  Warnings:

  - You are about to drop the `audit_logs` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `audit_seals` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `auth_attempts` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `idempotency_records` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `rate_limits` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `refresh_tokens` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `sessions` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `signing_keys` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `token_blacklist` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `upkeep_runs` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `users` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_audit_logs" AS SELECT t."id", t."userId", t."sessionId", t."ipAddress", t."userAgent", t."action", t."resource", t."resourceId", t."oldValues", t."newValues", t."requestId", t."createdAt" FROM "audit_logs" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_audit_logs" AS a USING "audit_logs" AS t WHERE t."id" = a."id" AND t."createdAt" = a."createdAt";
INSERT INTO "sluice_archive"."20261121084145_down_audit_logs" SELECT t."id", t."userId", t."sessionId", t."ipAddress", t."userAgent", t."action", t."resource", t."resourceId", t."oldValues", t."newValues", t."requestId", t."createdAt" FROM "audit_logs" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_audit_seals" AS SELECT t."position", t."logId", t."seal", t."loggedAt" FROM "audit_seals" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_audit_seals" AS a USING "audit_seals" AS t WHERE t."position" = a."position";
INSERT INTO "sluice_archive"."20261121084145_down_audit_seals" SELECT t."position", t."logId", t."seal", t."loggedAt" FROM "audit_seals" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_auth_attempts" AS SELECT t."id", t."email", t."ip", t."failuresCount", t."lockedUntil", t."lastAttemptAt", t."succeededAt", t."createdAt", t."updatedAt" FROM "auth_attempts" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_auth_attempts" AS a USING "auth_attempts" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121084145_down_auth_attempts" SELECT t."id", t."email", t."ip", t."failuresCount", t."lockedUntil", t."lastAttemptAt", t."succeededAt", t."createdAt", t."updatedAt" FROM "auth_attempts" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_idempotency_records" AS SELECT t."id", t."key", t."route", t."requestHash", t."responseStatus", t."responseBodyJson", t."createdAt", t."expiresAt", t."organizationId", t."ip" FROM "idempotency_records" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_idempotency_records" AS a USING "idempotency_records" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121084145_down_idempotency_records" SELECT t."id", t."key", t."route", t."requestHash", t."responseStatus", t."responseBodyJson", t."createdAt", t."expiresAt", t."organizationId", t."ip" FROM "idempotency_records" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_rate_limits" AS SELECT t."key", t."wholeAt" FROM "rate_limits" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_rate_limits" AS a USING "rate_limits" AS t WHERE t."key" = a."key";
INSERT INTO "sluice_archive"."20261121084145_down_rate_limits" SELECT t."key", t."wholeAt" FROM "rate_limits" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_refresh_tokens" AS SELECT t."tokenHash", t."sessionId", t."generation", t."successorSalt", t."supersededAt" FROM "refresh_tokens" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_refresh_tokens" AS a USING "refresh_tokens" AS t WHERE t."tokenHash" = a."tokenHash";
INSERT INTO "sluice_archive"."20261121084145_down_refresh_tokens" SELECT t."tokenHash", t."sessionId", t."generation", t."successorSalt", t."supersededAt" FROM "refresh_tokens" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_sessions" AS SELECT t."id", t."userId", t."refreshToken", t."expiresAt", t."deviceInfo", t."ipAddress", t."lastUsedAt", t."createdAt" FROM "sessions" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_sessions" AS a USING "sessions" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121084145_down_sessions" SELECT t."id", t."userId", t."refreshToken", t."expiresAt", t."deviceInfo", t."ipAddress", t."lastUsedAt", t."createdAt" FROM "sessions" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_signing_keys" AS SELECT t."kid", t."algorithm", t."publicKey", t."privateKey", t."createdAt", t."signsFrom" FROM "signing_keys" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_signing_keys" AS a USING "signing_keys" AS t WHERE t."kid" = a."kid";
INSERT INTO "sluice_archive"."20261121084145_down_signing_keys" SELECT t."kid", t."algorithm", t."publicKey", t."privateKey", t."createdAt", t."signsFrom" FROM "signing_keys" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_token_blacklist" AS SELECT t."id", t."tokenHash", t."expiresAt", t."userId", t."reason", t."revokedAt", t."revokedBy" FROM "token_blacklist" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_token_blacklist" AS a USING "token_blacklist" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121084145_down_token_blacklist" SELECT t."id", t."tokenHash", t."expiresAt", t."userId", t."reason", t."revokedAt", t."revokedBy" FROM "token_blacklist" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_upkeep_runs" AS SELECT t."job", t."endedAt", t."removed" FROM "upkeep_runs" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_upkeep_runs" AS a USING "upkeep_runs" AS t WHERE t."job" = a."job";
INSERT INTO "sluice_archive"."20261121084145_down_upkeep_runs" SELECT t."job", t."endedAt", t."removed" FROM "upkeep_runs" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121084145_down_users" AS SELECT t."id", t."email", t."username", t."name", t."passwordHash", t."role", t."isActive", t."emailVerified", t."lastLoginAt", t."createdAt", t."updatedAt", t."deletedAt" FROM "users" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121084145_down_users" AS a USING "users" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121084145_down_users" SELECT t."id", t."email", t."username", t."name", t."passwordHash", t."role", t."isActive", t."emailVerified", t."lastLoginAt", t."createdAt", t."updatedAt", t."deletedAt" FROM "users" AS t;

-- DropForeignKey
ALTER TABLE "refresh_tokens" DROP CONSTRAINT "refresh_tokens_sessionId_fkey";

-- DropForeignKey
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_userId_fkey";

-- DropTable
DROP TABLE "audit_logs";

-- DropTable
DROP TABLE "audit_seals";

-- DropTable
DROP TABLE "auth_attempts";

-- DropTable
DROP TABLE "idempotency_records";

-- DropTable
DROP TABLE "rate_limits";

-- DropTable
DROP TABLE "refresh_tokens";

-- DropTable
DROP TABLE "sessions";

-- DropTable
DROP TABLE "signing_keys";

-- DropTable
DROP TABLE "token_blacklist";

-- DropTable
DROP TABLE "upkeep_runs";

-- DropTable
DROP TABLE "users";
