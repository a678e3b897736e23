-- Not online: the application that runs asks for the old name: ALTER TABLE "users" RENAME TO "accounts"
-- Not online: accounts is locked while users still is, in one transaction: ALTER TABLE "accounts" RENAME COLUMN "name" TO "full_name"
-- Not online: the application that runs asks for the old name: ALTER TABLE "accounts" RENAME COLUMN "email" TO "Email"
-- Not online: the application that runs asks for the old name: ALTER TABLE "accounts" RENAME COLUMN "boss" TO "referrer_id"
-- Not online: the application that runs asks for the old name: ALTER TABLE "Post" RENAME COLUMN "id" TO "number"
-- Not online: the application that runs asks for the old name: ALTER TABLE "Post" RENAME COLUMN "writer" TO "author"
-- Not online: accounts is closed while every row is written anew: ALTER TABLE "accounts" ALTER COLUMN "age" SET DATA TYPE BIGINT

-- RenameTable
ALTER TABLE "users" RENAME TO "accounts";

-- RenameColumn
ALTER TABLE "accounts" RENAME COLUMN "name" TO "full_name";

-- RenameColumn
ALTER TABLE "accounts" RENAME COLUMN "email" TO "Email";

-- RenameColumn
ALTER TABLE "accounts" RENAME COLUMN "boss" TO "referrer_id";

-- RenameColumn
ALTER TABLE "Post" RENAME COLUMN "id" TO "number";

-- RenameColumn
ALTER TABLE "Post" RENAME COLUMN "writer" TO "author";

-- RenameSequence
ALTER SEQUENCE "users_id_seq" RENAME TO "accounts_id_seq";

-- RenameSequence
ALTER SEQUENCE "Post_id_seq" RENAME TO "Post_number_seq";

-- AlterTable
ALTER TABLE "accounts" RENAME CONSTRAINT "users_pkey" TO "accounts_pkey";

-- RenameForeignKey
ALTER TABLE "accounts" RENAME CONSTRAINT "users_boss_fkey" TO "accounts_referrer_id_fkey";

-- RenameForeignKey
ALTER TABLE "Post" RENAME CONSTRAINT "Post_writer_fkey" TO "Post_author_fkey";

-- RenameIndex
ALTER INDEX "users_email_key" RENAME TO "accounts_Email_key";

-- RenameIndex
ALTER INDEX "users_name_age_idx" RENAME TO "accounts_full_name_age_idx";
COMMIT;

-- AlterTable
ALTER TABLE "accounts" ALTER COLUMN "age" SET DATA TYPE BIGINT;
COMMIT;

-- AlterTable
ALTER TABLE "Post" ALTER COLUMN "title" SET DATA TYPE TEXT;
