import { isId } from '@federated-media/subgraph-kit/ids';
import { checkItemCount } from '@federated-media/subgraph-kit/item-count';
import { readPageRequest } from '@federated-media/subgraph-kit/pagination';
import type { Resolvers } from '../../generated/graphql.ts';
import { altTextFor } from './alt-text.ts';
import { fieldsReadBy } from './selected-columns.ts';
import { visible } from './visible.ts';

/** Files that `mediaFiles` returns. */
const MAX_READ = 100;

export const mediaFileResolvers = {
  Query: {
    mediaFile: (_root, { id }, { loaders }, info) =>
      loaders.mediaFiles(fieldsReadBy(info)).load(id),
    mediaFiles: async (_root, { ids }, { loaders }, info) => {
      checkItemCount(ids, { items: 'ids', min: 1, max: MAX_READ, field: ['ids'] });
      const loader = loaders.mediaFiles(fieldsReadBy(info));
      return Promise.all(ids.map((id) => loader.load(id)));
    },
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
    deleteMediaFiles: (_root, { input }, { caller, trash }) => trash.deleteAll(caller, input),
    restoreMediaFiles: (_root, { input }, { caller, trash }) => trash.restoreAll(caller, input),
    purgeMediaFiles: (_root, { input }, { caller, trash }) => trash.purgeAll(caller, input),
  },
  MediaFile: {
    // Another subgraph may send any string as an id. An invalid one would fail the statement for all ids.
    __resolveReference: ({ id }, { loaders }, info) =>
      isId(id) ? loaders.mediaFiles(fieldsReadBy(info)).load(id) : null,
    altText: (file, { locale }) => altTextFor(file, locale),
    altTexts: ({ texts }) => [...texts],
    duration: ({ durationSeconds }) => durationSeconds,
    focalPoint: ({ focalX: x, focalY: y }) => (x === null || y === null ? null : { x, y }),
    url: (file, wanted, { caller, mediaUrls }) => mediaUrls.url(visible(file, caller), wanted),
    srcSet: (file, wanted, { caller, mediaUrls }) =>
      mediaUrls.srcSet(visible(file, caller), wanted),
    placeholder: (file, _none, { caller, mediaUrls }) =>
      mediaUrls.placeholder(visible(file, caller)),
    previewUrl: (file, wanted, { caller, mediaUrls }) =>
      mediaUrls.previewUrl(visible(file, caller), wanted),
    contentVersions: async (file, { first, before }, { loaders }) => {
      const { limit } = readPageRequest({ first });
      const wanted = { mediaId: file.id, before: before ?? null, limit };
      const contents = await loaders.contents.load(wanted);
      return contents.map((content) => ({
        ...content,
        current: content.number === file.contentNumber,
        file,
      }));
    },
  },
  MediaContentVersion: {
    url: (version, wanted, { caller, mediaUrls }) => {
      const { file, number: contentNumber, filename, mediaType, mimeType, width, height } = version;
      const facts = { contentNumber, filename, mediaType, mimeType, width, height };
      return mediaUrls.url({ ...visible(file, caller), ...facts }, wanted);
    },
  },
  // Resolved from their parents.
  DeleteMediaPayload: {},
  FocalPoint: {},
  LocalizedText: {},
  MediaPayload: {},
  MediaUsage: {},
  MediaUserError: {},
  PurgeMediaPayload: {},
} satisfies Resolvers;
