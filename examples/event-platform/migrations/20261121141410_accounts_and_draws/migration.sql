-- Refresh tokens are kept as hashes from here on; those that are out go on, because what a client sends is hashed before it is looked for.
UPDATE "sessions" SET "refreshToken" = encode(sha256(convert_to("refreshToken", 'UTF8')), 'hex');

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "aal" TEXT NOT NULL DEFAULT 'aal1',
ADD COLUMN     "amr" TEXT NOT NULL DEFAULT 'pwd',
ADD COLUMN     "fingerprint" TEXT;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "emailVerified" TIMESTAMP(3),
ADD COLUMN     "isActive" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "passwordHash" TEXT,
ADD COLUMN     "role" TEXT NOT NULL DEFAULT 'user',
ALTER COLUMN "provider" DROP NOT NULL,
ALTER COLUMN "providerId" DROP NOT NULL;

-- Who came through a provider has an address that the provider had confirmed.
UPDATE "users" SET "emailVerified" = "createdAt" WHERE "provider" IS NOT NULL;

-- CreateTable
CREATE TABLE "tickets" (
    "roomId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "participantId" TEXT NOT NULL,

    CONSTRAINT "tickets_pkey" PRIMARY KEY ("roomId","number")
);

-- CreateTable
CREATE TABLE "draws" (
    "id" TEXT NOT NULL,
    "roomId" TEXT NOT NULL,
    "prizeId" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "commitment" TEXT NOT NULL,
    "seed" TEXT,
    "tickets" INTEGER,
    "drawnAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "draws_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "tickets_participantId_key" ON "tickets"("participantId");

-- CreateIndex
CREATE INDEX "draws_roomId_idx" ON "draws"("roomId");

-- CreateIndex
CREATE UNIQUE INDEX "draws_prizeId_round_key" ON "draws"("prizeId", "round");

-- CreateIndex
CREATE INDEX "participants_roomId_id_idx" ON "participants"("roomId", "id");

-- CreateIndex
CREATE INDEX "participants_roomId_role_id_idx" ON "participants"("roomId", "role", "id");

-- CreateIndex
CREATE INDEX "rooms_status_isPublic_appId_id_idx" ON "rooms"("status", "isPublic", "appId", "id");

-- CreateIndex
CREATE INDEX "rooms_isPublic_id_idx" ON "rooms"("isPublic", "id");

-- CreateIndex
CREATE INDEX "winners_roomId_id_idx" ON "winners"("roomId", "id");

-- AddForeignKey
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "rooms"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_participantId_fkey" FOREIGN KEY ("participantId") REFERENCES "participants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draws" ADD CONSTRAINT "draws_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "rooms"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draws" ADD CONSTRAINT "draws_prizeId_fkey" FOREIGN KEY ("prizeId") REFERENCES "prizes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Who is in a room already has a ticket as those who come from here on.
INSERT INTO "tickets" ("roomId", "number", "participantId")
SELECT "roomId", row_number() OVER (PARTITION BY "roomId" ORDER BY "joinedAt", "id"), "id" FROM "participants";
