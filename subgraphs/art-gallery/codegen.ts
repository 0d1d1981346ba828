import { subgraphCodegen } from '@federated-media/subgraph-kit/codegen';

export default subgraphCodegen({
  mappers: {
    Artwork: '../mappers.ts#ArtworkParent',
    GalleryMedia: '../mappers.ts#GalleryMediaParent',
    MediaFile: '../mappers.ts#MediaFileParent',
    ArtworkConnection: '../mappers.ts#ArtworkConnectionParent',
  },
});
