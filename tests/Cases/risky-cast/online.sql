-- Not online: Item is closed while every row is written anew: ALTER TABLE "Item" ALTER COLUMN "count" SET DATA TYPE INTEGER, ALTER COLUMN "name" SET DATA TYPE VARCHAR(10)

/*
  Warnings:

  - You are about to alter the column `count` on the `Item` table. The data in that column could be lost. The data in that column will be cast from `BigInt` to `Integer`.
  - You are about to alter the column `name` on the `Item` table. The data in that column could be lost. The data in that column will be cast from `Text` to `VarChar(10)`.

*/
-- AlterTable
ALTER TABLE "Item" ALTER COLUMN "count" SET DATA TYPE INTEGER,
ALTER COLUMN "name" SET DATA TYPE VARCHAR(10);
