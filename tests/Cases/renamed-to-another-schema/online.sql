-- Not online: the application that runs asks for the old name: ALTER TABLE "base"."users" SET SCHEMA "more"
-- Not online: more.users is locked while base.users still is, in one transaction: ALTER TABLE "more"."users" RENAME TO "persons"

-- RenameTable
ALTER TABLE "base"."users" SET SCHEMA "more";
ALTER TABLE "more"."users" RENAME TO "persons";

-- RenameEnum
ALTER TYPE "base"."Role" SET SCHEMA "more";

-- RenameSequence
ALTER SEQUENCE "more"."users_id_seq" RENAME TO "persons_id_seq";
COMMIT;

-- AlterTable
ALTER TABLE "more"."persons" RENAME CONSTRAINT "users_pkey" TO "persons_pkey";
