import { selectedFields } from '@federated-media/subgraph-kit/selected-fields';
import type { Resolvers } from '../../generated/graphql.ts';
import { fieldsReadBy } from '../media-file/selected-columns.ts';

export const libraryResolvers = {
  Query: {
    mediaLibrary: (_root, page, { caller, library }, info) =>
      library.page(caller, page, {
        fields: fieldsReadBy(info),
        isCounted: selectedFields(info, 'MediaFileConnection').has('totalCount'),
      }),
    mediaTags: (_root, page, { caller, library }) => library.tags(caller, page),
    mediaUploaders: (_root, page, { caller, library }) => library.uploaders(caller, page),
  },
  // Resolved from their parents.
  MediaFileConnection: {},
  MediaFileEdge: {},
  MediaTag: {},
  MediaUploader: {},
  PageInfo: {},
} satisfies Resolvers;
