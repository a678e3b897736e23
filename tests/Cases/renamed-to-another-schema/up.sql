-- RenameTable
ALTER TABLE "base"."users" SET SCHEMA "more";
ALTER TABLE "more"."users" RENAME TO "persons";

-- RenameEnum
ALTER TYPE "base"."Role" SET SCHEMA "more";

-- RenameSequence
ALTER SEQUENCE "more"."users_id_seq" RENAME TO "persons_id_seq";

-- AlterTable
ALTER TABLE "more"."persons" RENAME CONSTRAINT "users_pkey" TO "persons_pkey";
