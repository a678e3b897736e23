-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "auth";

-- DropExtension
DROP EXTENSION "pg_trgm";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "hstore";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "pg_trgm" WITH SCHEMA "auth";

-- CreateEnum
CREATE TYPE "auth"."State" AS ENUM ('OPEN', 'CLOSED');

-- CreateTable
CREATE TABLE "auth"."Login" (
    "id" SERIAL NOT NULL,
    "state" "auth"."State" NOT NULL DEFAULT 'OPEN',
    "userId" INTEGER NOT NULL,

    CONSTRAINT "Login_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Login_userId_idx" ON "auth"."Login"("userId");

-- AddForeignKey
ALTER TABLE "auth"."Login" ADD CONSTRAINT "Login_userId_fkey" FOREIGN KEY ("userId") REFERENCES "public"."User"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;
COMMIT;
ALTER TABLE "auth"."Login" VALIDATE CONSTRAINT "Login_userId_fkey";
