import { isId } from '@federated-media/subgraph-kit/ids';
import type { Resolvers } from '../../generated/graphql.ts';
import { altTextFor } from './alt-text.ts';
import { fieldsReadBy } from './selected-columns.ts';

export const mediaFileResolvers = {
  Query: {
    mediaFile: (_root, { id }, { loaders }, info) =>
      loaders.mediaFiles(fieldsReadBy(info)).load(id),
  },
  Mutation: {
    updateMedia: (_root, { input }, { caller, mediaFiles }) => mediaFiles.update(caller, input),
    updateMediaFiles: (_root, { input }, { caller, mediaFiles }) =>
      mediaFiles.updateAll(caller, input),
    restoreMediaContent: (_root, { input }, { caller, trash }) =>
      trash.restoreContent(caller, input),
    deleteMedia: (_root, { input }, { caller, trash }) => trash.delete(caller, input),
    restoreMedia: (_root, { input }, { caller, trash }) => trash.restore(caller, input),
    purgeMedia: (_root, { input }, { caller, trash }) => trash.purge(caller, input),
  },
  MediaFile: {
    // Another subgraph may send any string as an id. An invalid one would fail the statement for all ids.
    __resolveReference: ({ id }, { loaders }, info) =>
      isId(id) ? loaders.mediaFiles(fieldsReadBy(info)).load(id) : null,
    altText: (file, { locale }) => altTextFor(file, locale),
    altTexts: ({ texts }) => [...texts],
    duration: ({ durationSeconds }) => durationSeconds,
    focalPoint: ({ focalX: x, focalY: y }) => (x === null || y === null ? null : { x, y }),
    url: (file, wanted, { mediaUrls }) => mediaUrls.url(file, wanted),
    srcSet: (file, wanted, { mediaUrls }) => mediaUrls.srcSet(file, wanted),
    placeholder: (file, _none, { mediaUrls }) => mediaUrls.placeholder(file),
    previewUrl: (file, wanted, { mediaUrls }) => mediaUrls.previewUrl(file, wanted),
    contentVersions: async (file, _none, { loaders }) => {
      const contents = await loaders.contents.load(file.id);
      return contents.map((content) => ({
        ...content,
        current: content.number === file.contentNumber,
      }));
    },
  },
  // Resolved from their parents.
  DeleteMediaPayload: {},
  FocalPoint: {},
  LocalizedText: {},
  MediaContentVersion: {},
  MediaPayload: {},
  MediaUsage: {},
  MediaUserError: {},
  PurgeMediaPayload: {},
} satisfies Resolvers;
