-- irreversible: the values of the column `passwordHash` of `email_verification_tokens` are gone; it comes back empty.
-- AlterTable
ALTER TABLE "email_verification_tokens" ADD COLUMN     "passwordHash" TEXT;
