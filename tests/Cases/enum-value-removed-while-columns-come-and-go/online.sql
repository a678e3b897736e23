-- Not online: Cat is locked while Dog still is, in one transaction: ALTER TABLE "Cat" ALTER COLUMN "gone" DROP DEFAULT
-- Not online: Cat is closed while every row is written anew: ALTER TABLE "Cat" ALTER COLUMN "gone" TYPE TEXT USING ("gone"::text)
-- Not online: Cat is closed while every row is written anew: ALTER TABLE "Cat" ALTER COLUMN "back" TYPE TEXT[] USING ("back"::text[])
-- Not online: Cat is closed while every row is written anew: ALTER TABLE "Cat" ALTER COLUMN "text" TYPE TEXT USING ("text"::text)
-- Not online: Dog is closed while every row is written anew: ALTER TABLE "Dog" ALTER COLUMN "mood" TYPE TEXT USING ("mood"::text)
-- Not online: Cat is closed while every row is written anew: ALTER TABLE "Cat" ALTER COLUMN "mood" TYPE "Mood_new" USING ("mood"::text::"Mood_new")
-- Not online: Cat is closed while every row is written anew: ALTER TABLE "Cat" ALTER COLUMN "moods" TYPE "Mood_new"[] USING ("moods"::text::"Mood_new"[])
-- Not online: Cat is closed while every row is written anew: ALTER TABLE "Cat" ALTER COLUMN "arity" TYPE "Mood_new" USING ("arity"::text::"Mood_new")
-- Not online: Cat is closed while every row is written anew: ALTER TABLE "Cat" ALTER COLUMN "arity" DROP DEFAULT, ALTER COLUMN "arity" SET DEFAULT ARRAY['SLEEPY']::"Mood"[], ALTER COLUMN "arity" SET DATA TYPE "Mood"[] USI …

/*
  Warnings:

  - The values [HUNGRY] on the enum `Mood` will be removed. If these variants are still used in the database, this will fail.
  - You are about to drop the column `gone` on the `Cat` table. All the data in the column will be lost.
  - The `back` column on the `Cat` table would be dropped and recreated. This will lead to data loss if there is data in the column.
  - The `text` column on the `Cat` table would be dropped and recreated. This will lead to data loss if there is data in the column.
  - You are about to drop the `Dog` table. If the table is not empty, all the data it contains will be lost.
  - Changed the column `arity` on the `Cat` table from a scalar field to a list field. If there are non-null values in that column, this step will fail.

*/
-- AlterEnum
BEGIN;
CREATE TYPE "Mood_new" AS ENUM ('HAPPY', 'SLEEPY');
ALTER TABLE "Dog" ALTER COLUMN "mood" DROP DEFAULT;
ALTER TABLE "Cat" ALTER COLUMN "gone" DROP DEFAULT;
ALTER TABLE "Cat" ALTER COLUMN "arity" DROP DEFAULT;
ALTER TABLE "Cat" ALTER COLUMN "mood" DROP DEFAULT;
ALTER TABLE "Cat" ALTER COLUMN "moods" DROP DEFAULT;
ALTER TABLE "Cat" ALTER COLUMN "gone" TYPE TEXT USING ("gone"::text);
ALTER TABLE "Cat" ALTER COLUMN "back" TYPE TEXT[] USING ("back"::text[]);
ALTER TABLE "Cat" ALTER COLUMN "text" TYPE TEXT USING ("text"::text);
ALTER TABLE "Dog" ALTER COLUMN "mood" TYPE TEXT USING ("mood"::text);
ALTER TABLE "Cat" ALTER COLUMN "mood" TYPE "Mood_new" USING ("mood"::text::"Mood_new");
ALTER TABLE "Cat" ALTER COLUMN "moods" TYPE "Mood_new"[] USING ("moods"::text::"Mood_new"[]);
ALTER TABLE "Cat" ALTER COLUMN "arity" TYPE "Mood_new" USING ("arity"::text::"Mood_new");
ALTER TYPE "Mood" RENAME TO "Mood_old";
ALTER TYPE "Mood_new" RENAME TO "Mood";
DROP TYPE "Mood_old";
ALTER TABLE "Cat" ALTER COLUMN "mood" SET DEFAULT 'SLEEPY';
COMMIT;

-- AlterTable
ALTER TABLE "Cat" ADD COLUMN     "fresh" "Mood" NOT NULL DEFAULT 'SLEEPY',
ALTER COLUMN "mood" SET DEFAULT 'SLEEPY',
ALTER COLUMN "moods" DROP DEFAULT,
DROP COLUMN "back",
ADD COLUMN     "back" "Mood",
DROP COLUMN "text",
ADD COLUMN     "text" TEXT;
COMMIT;
ALTER TABLE "Cat" ALTER COLUMN "arity" DROP DEFAULT,
ALTER COLUMN "arity" SET DEFAULT ARRAY['SLEEPY']::"Mood"[],
ALTER COLUMN "arity" SET DATA TYPE "Mood"[] USING (CASE WHEN "arity" IS NULL THEN NULL ELSE ARRAY["arity"] END);
COMMIT;

-- AlterTable
ALTER TABLE "Cat" DROP COLUMN "gone";
COMMIT;

-- DropTable
DROP TABLE "Dog";

-- CreateTable
CREATE TABLE "Fox" (
    "id" INTEGER NOT NULL,
    "mood" "Mood" NOT NULL DEFAULT 'HAPPY',

    CONSTRAINT "Fox_pkey" PRIMARY KEY ("id")
);
