-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "fingerprint" TEXT;
