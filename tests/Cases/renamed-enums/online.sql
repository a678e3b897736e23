-- Not online: the application that runs asks for the old name: ALTER TYPE "Colour" RENAME TO "Hue"
-- Not online: the application that runs asks for the old name: ALTER TYPE "Role" RENAME VALUE 'ADMIN' TO 'ADMINISTRATOR'
-- Not online: Person is closed while every row is written anew: ALTER TABLE "Person" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new")
-- Not online: Person is closed while every row is written anew: ALTER TABLE "Person" ALTER COLUMN "roles" TYPE "Role_new"[] USING ("roles"::text::"Role_new"[])

/*
  Warnings:

  - The values [GUEST] on the enum `Role` will be removed. If these variants are still used in the database, this will fail.

*/
-- RenameEnum
ALTER TYPE "Colour" RENAME TO "Hue";

-- RenameEnumValue
ALTER TYPE "Role" RENAME VALUE 'ADMIN' TO 'ADMINISTRATOR';
COMMIT;

-- AlterEnum
BEGIN;
CREATE TYPE "Role_new" AS ENUM ('ADMINISTRATOR', 'USER', 'OWNER');
ALTER TABLE "Person" ALTER COLUMN "role" DROP DEFAULT;
ALTER TABLE "Person" ALTER COLUMN "roles" DROP DEFAULT;
ALTER TABLE "Person" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new");
ALTER TABLE "Person" ALTER COLUMN "roles" TYPE "Role_new"[] USING ("roles"::text::"Role_new"[]);
ALTER TYPE "Role" RENAME TO "Role_old";
ALTER TYPE "Role_new" RENAME TO "Role";
DROP TYPE "Role_old";
ALTER TABLE "Person" ALTER COLUMN "role" SET DEFAULT 'ADMINISTRATOR';
ALTER TABLE "Person" ALTER COLUMN "roles" SET DEFAULT ARRAY['ADMINISTRATOR', 'USER']::"Role"[];
COMMIT;
