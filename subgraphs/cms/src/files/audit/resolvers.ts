import type { Resolvers } from '../../generated/graphql.ts';

export const auditResolvers = {
  MediaFile: {
    auditLog: ({ id, version }, page, { loaders }) =>
      loaders.audit.load({ mediaId: id, version, ...page }),
  },
  // Resolved from their parents.
  MediaAuditConnection: {},
  MediaAuditEdge: {},
  MediaAuditEntry: {},
  MediaFieldChange: {},
} satisfies Resolvers;
