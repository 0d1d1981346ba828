import { subgraphCodegen } from '@federated-media/subgraph-kit/codegen';

export default subgraphCodegen({
  mappers: {
    Product: '../mappers.ts#ProductParent',
    ProductVariant: '../mappers.ts#ProductVariantParent',
    ProductMedia: '../mappers.ts#ProductMediaParent',
    MediaFile: '../mappers.ts#MediaFileParent',
    ProductConnection: '../mappers.ts#ProductConnectionParent',
  },
});
