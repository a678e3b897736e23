-- Not online: A is closed while every row is written anew: ALTER TABLE "A" ALTER COLUMN "word" DROP DEFAULT, ALTER COLUMN "word" SET DEFAULT 7, ALTER COLUMN "word" SET DATA TYPE INTEGER USING ("word"::text::INTEGER), AL …
-- To be filled: "moods" of "A", before the migration that requires it

/*
  Warnings:

  - You are about to alter the column `word` on the `A` table. The data in that column could be lost. The data in that column will be cast from `Citext` to `Integer`.
  - You are about to alter the column `words` on the `A` table. The data in that column could be lost. The data in that column will be cast from `Citext` to `Integer`.
  - You are about to alter the column `cash` on the `A` table. The data in that column could be lost. The data in that column will be cast from `Money` to `BigInt`.
  - The `moods` column on the `A` table would be dropped and recreated. This will lead to data loss if there is data in the column.
  - Changed the column `mood` on the `A` table from a scalar field to a list field. If there are non-null values in that column, this step will fail.

*/
-- AlterTable
ALTER TABLE "A" DROP COLUMN "moods",
ADD COLUMN     "moods" "Mood";
COMMIT;
ALTER TABLE "A" ALTER COLUMN "word" DROP DEFAULT,
ALTER COLUMN "word" SET DEFAULT 7,
ALTER COLUMN "word" SET DATA TYPE INTEGER USING ("word"::text::INTEGER),
ALTER COLUMN "words" SET DATA TYPE INTEGER[] USING ("words"::text[]::INTEGER[]),
ALTER COLUMN "cash" SET DATA TYPE BIGINT USING ("cash"::numeric::BIGINT),
ALTER COLUMN "at" SET DATA TYPE TIMETZ(3) USING ("at"::timestamptz::TIMETZ(3)),
ALTER COLUMN "mood" DROP DEFAULT,
ALTER COLUMN "mood" SET DATA TYPE "Mood"[] USING (CASE WHEN "mood" IS NULL THEN NULL ELSE ARRAY["mood"] END);
