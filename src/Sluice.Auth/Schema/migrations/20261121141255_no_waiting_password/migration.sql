/*
  Warnings:

  - You are about to drop the column `passwordHash` on the `email_verification_tokens` table. All the data in the column will be lost.

*/
-- AlterTable
ALTER TABLE "email_verification_tokens" DROP COLUMN "passwordHash";
