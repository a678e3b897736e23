-- AlterTable
CREATE SEQUENCE alpha_rank_seq;
ALTER TABLE "Alpha" ALTER COLUMN "id" DROP DEFAULT,
ALTER COLUMN "rank" SET DEFAULT nextval('alpha_rank_seq');
DROP SEQUENCE "Alpha_id_seq";
ALTER SEQUENCE alpha_rank_seq OWNED BY "Alpha"."rank";
COMMIT;

-- AlterTable
ALTER TABLE "Beta" ALTER COLUMN "id" SET DEFAULT 7,
ALTER COLUMN "id" DROP DEFAULT;
DROP SEQUENCE "Beta_id_seq";
