import { subgraphCodegen } from '@federated-media/subgraph-kit/codegen';

export default subgraphCodegen({
  mappers: {
    MediaFile: '../mappers.ts#MediaFileParent',
    MediaContentVersion: '../mappers.ts#MediaContentVersionParent',
    MediaAuditConnection: '../mappers.ts#MediaAuditConnectionParent',
    MediaAuditEntry: '../mappers.ts#MediaAuditEntryParent',
    MediaFileConnection: '../mappers.ts#MediaFileConnectionParent',
    MediaUsage: '../mappers.ts#MediaUsageParent',
    MediaUsageConnection: '../mappers.ts#MediaUsageConnectionParent',
    MediaChange: '../mappers.ts#MediaChangeParent',
  },
});
