-- CreateIndex
CREATE INDEX "apps_isActive_id_idx" ON "apps"("isActive", "id");

-- CreateIndex
CREATE INDEX "rooms_status_isPublic_id_idx" ON "rooms"("status", "isPublic", "id");

-- CreateIndex
CREATE INDEX "rooms_appId_isPublic_id_idx" ON "rooms"("appId", "isPublic", "id");

-- CreateIndex
CREATE INDEX "winners_roomId_prizeId_id_idx" ON "winners"("roomId", "prizeId", "id");
