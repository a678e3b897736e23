-- AlterTable
ALTER TABLE "User" RENAME CONSTRAINT "User_pkey" TO "user_key";
ALTER TABLE "User" ADD COLUMN     "extra" INTEGER;

-- RenameForeignKey
ALTER TABLE "User" RENAME CONSTRAINT "User_team_fkey" TO "user_boss";

-- RenameIndex
ALTER INDEX "User_team_idx" RENAME TO "user_team";
