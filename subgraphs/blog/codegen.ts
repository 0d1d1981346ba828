import { subgraphCodegen } from '@federated-media/subgraph-kit/codegen';

export default subgraphCodegen({
  mappers: {
    Post: '../mappers.ts#PostParent',
    PostMedia: '../mappers.ts#PostMediaParent',
    MediaFile: '../mappers.ts#MediaFileParent',
    PostConnection: '../mappers.ts#PostConnectionParent',
  },
});
