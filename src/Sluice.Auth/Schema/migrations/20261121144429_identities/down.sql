/*
  Warnings:

  - You are about to drop the `github_accounts` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `github_revocations` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `provider_sign_ins` table. If the table is not empty, all the data it contains will be lost.
  - You are about to drop the `user_identities` table. If the table is not empty, all the data it contains will be lost.

*/
-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121144429_down_github_accounts" AS SELECT t."userId", t."githubUserId", t."provider", t."accessToken", t."refreshToken", t."keyId", t."tokenExpiresAt", t."refreshingUntil", t."createdAt", t."updatedAt" FROM "github_accounts" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121144429_down_github_accounts" AS a USING "github_accounts" AS t WHERE t."userId" = a."userId";
INSERT INTO "sluice_archive"."20261121144429_down_github_accounts" SELECT t."userId", t."githubUserId", t."provider", t."accessToken", t."refreshToken", t."keyId", t."tokenExpiresAt", t."refreshingUntil", t."createdAt", t."updatedAt" FROM "github_accounts" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121144429_down_github_revocations" AS SELECT t."githubUserId", t."provider", t."accessToken", t."keyId", t."attempts", t."nextTryAt", t."createdAt" FROM "github_revocations" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121144429_down_github_revocations" AS a USING "github_revocations" AS t WHERE t."githubUserId" = a."githubUserId";
INSERT INTO "sluice_archive"."20261121144429_down_github_revocations" SELECT t."githubUserId", t."provider", t."accessToken", t."keyId", t."attempts", t."nextTryAt", t."createdAt" FROM "github_revocations" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121144429_down_provider_sign_ins" AS SELECT t."stateHash", t."codeHash", t."codeChallenge", t."codeExpiresAt", t."userId", t."provider", t."createdAt", t."expiresAt" FROM "provider_sign_ins" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121144429_down_provider_sign_ins" AS a USING "provider_sign_ins" AS t WHERE t."stateHash" = a."stateHash";
INSERT INTO "sluice_archive"."20261121144429_down_provider_sign_ins" SELECT t."stateHash", t."codeHash", t."codeChallenge", t."codeExpiresAt", t."userId", t."provider", t."createdAt", t."expiresAt" FROM "provider_sign_ins" AS t;

-- KeepData
CREATE SCHEMA IF NOT EXISTS "sluice_archive";
CREATE TABLE IF NOT EXISTS "sluice_archive"."20261121144429_down_user_identities" AS SELECT t."id", t."userId", t."provider", t."issuer", t."subject", t."email", t."createdAt", t."lastUsedAt" FROM "user_identities" AS t WITH NO DATA;
DELETE FROM "sluice_archive"."20261121144429_down_user_identities" AS a USING "user_identities" AS t WHERE t."id" = a."id";
INSERT INTO "sluice_archive"."20261121144429_down_user_identities" SELECT t."id", t."userId", t."provider", t."issuer", t."subject", t."email", t."createdAt", t."lastUsedAt" FROM "user_identities" AS t;

-- DropForeignKey
ALTER TABLE "github_accounts" DROP CONSTRAINT "github_accounts_userId_fkey";

-- DropForeignKey
ALTER TABLE "provider_sign_ins" DROP CONSTRAINT "provider_sign_ins_userId_fkey";

-- DropForeignKey
ALTER TABLE "user_identities" DROP CONSTRAINT "user_identities_userId_fkey";

-- DropTable
DROP TABLE "github_accounts";

-- DropTable
DROP TABLE "github_revocations";

-- DropTable
DROP TABLE "provider_sign_ins";

-- DropTable
DROP TABLE "user_identities";
