-- DropIndex
DROP INDEX "apps_isActive_id_idx";

-- DropIndex
DROP INDEX "rooms_appId_isPublic_id_idx";

-- DropIndex
DROP INDEX "rooms_status_isPublic_id_idx";

-- DropIndex
DROP INDEX "winners_roomId_prizeId_id_idx";
