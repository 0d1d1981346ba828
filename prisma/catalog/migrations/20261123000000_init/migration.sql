-- CreateEnum
CREATE TYPE "product_media_usage_type" AS ENUM ('MAIN_IMAGE', 'GALLERY', 'VARIANT', 'THUMBNAIL', 'SWATCH');

-- CreateTable
CREATE TABLE "products" (
    "id" UUID NOT NULL,
    "store_id" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "products_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product_variants" (
    "id" UUID NOT NULL,
    "store_id" TEXT NOT NULL,
    "product_id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_variants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product_media" (
    "id" UUID NOT NULL,
    "store_id" TEXT NOT NULL,
    "product_id" UUID NOT NULL,
    "media_id" UUID NOT NULL,
    "usage_type" "product_media_usage_type" NOT NULL,
    "display_order" INTEGER NOT NULL,
    "variant_id" UUID,
    "alt_text" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_media_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "products_store_id_created_at_id_idx" ON "products"("store_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "products_store_id_sku_key" ON "products"("store_id", "sku");

-- CreateIndex
CREATE UNIQUE INDEX "product_variants_store_id_sku_key" ON "product_variants"("store_id", "sku");

-- CreateIndex
CREATE UNIQUE INDEX "product_variants_product_id_id_key" ON "product_variants"("product_id", "id");

-- CreateIndex
CREATE INDEX "product_media_store_id_media_id_idx" ON "product_media"("store_id", "media_id");

-- CreateIndex
-- The same file twice in the same role is a mistake, without a variant as with one.
CREATE UNIQUE INDEX "product_media_once_key" ON "product_media"("product_id", "media_id", "usage_type", "variant_id") NULLS NOT DISTINCT;

-- CreateIndex
-- At most one main image, whatever the code above believes.
CREATE UNIQUE INDEX "product_media_main_image_key" ON "product_media"("product_id") WHERE "usage_type" = 'MAIN_IMAGE';

-- AddForeignKey
ALTER TABLE "product_variants" ADD CONSTRAINT "product_variants_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "product_media" ADD CONSTRAINT "product_media_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "product_media" ADD CONSTRAINT "product_media_product_id_variant_id_fkey" FOREIGN KEY ("product_id", "variant_id") REFERENCES "product_variants"("product_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddCheck
ALTER TABLE "product_media" ADD CONSTRAINT "product_media_display_order_check" CHECK ("display_order" >= 0);

-- AddCheck
-- VARIANT needs a variant, SWATCH may have one, the others have none.
ALTER TABLE "product_media" ADD CONSTRAINT "product_media_variant_check" CHECK (
    CASE "usage_type"
        WHEN 'VARIANT' THEN "variant_id" IS NOT NULL
        WHEN 'SWATCH' THEN true
        ELSE "variant_id" IS NULL
    END
);
