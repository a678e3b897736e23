-- Not online: the application that runs asks for the old name: ALTER TABLE "b" RENAME TO "c"
-- Not online: a is locked while b still is, in one transaction: ALTER TABLE "a" RENAME TO "b"
-- Not online: the application that runs asks for the old name: ALTER TABLE "b" RENAME COLUMN "y" TO "z"
-- Not online: the application that runs asks for the old name: ALTER TABLE "b" RENAME COLUMN "x" TO "y"

-- RenameTable
ALTER TABLE "b" RENAME TO "c";

-- RenameTable
ALTER TABLE "a" RENAME TO "b";

-- RenameColumn
ALTER TABLE "b" RENAME COLUMN "y" TO "z";

-- RenameColumn
ALTER TABLE "b" RENAME COLUMN "x" TO "y";

-- RenameSequence
ALTER SEQUENCE "b_id_seq" RENAME TO "c_id_seq";

-- RenameSequence
ALTER SEQUENCE "a_id_seq" RENAME TO "b_id_seq";
COMMIT;

-- AlterTable
ALTER TABLE "c" RENAME CONSTRAINT "b_pkey" TO "c_pkey";
COMMIT;

-- AlterTable
ALTER TABLE "b" RENAME CONSTRAINT "a_pkey" TO "b_pkey";

-- RenameIndex
ALTER INDEX "a_x_key" RENAME TO "b_y_key";

-- RenameIndex
ALTER INDEX "a_y_key" RENAME TO "b_z_key";

-- RenameIndex
ALTER INDEX "b_n_idx" RENAME TO "c_n_idx";
