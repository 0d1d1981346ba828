import type { Resolvers } from '../../generated/graphql.ts';

export const auditResolvers = {
  MediaFile: {
    auditLog: (file, page, { loaders }) => loaders.audit.page(file, page),
  },
  // Resolved from their parents.
  MediaAuditConnection: {},
  MediaAuditEdge: {},
  MediaAuditEntry: {},
  MediaFieldChange: {},
} satisfies Resolvers;
