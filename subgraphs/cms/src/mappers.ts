/** The parents of resolvers, by type of the schema. codegen.ts refers to them. */
import type { AuditEntryRecord } from './files/audit/audit-entry.ts';
import type { AuditPage } from './files/audit/loader.ts';
import type { LibraryPage } from './files/library/service.ts';
import type { ChangeRecord } from './usage/change-feed/repository.ts';
import type { MediaContentRecord, MediaFileRecord } from './model/media-file.ts';
import type { UsageRecord } from './usage/ledger/media-usage.ts';
import type { UsagePage } from './usage/ledger/service.ts';

export type MediaFileParent = MediaFileRecord;
export type MediaContentVersionParent = MediaContentRecord & {
  readonly current: boolean;
  readonly file: MediaFileRecord;
};
export type MediaAuditConnectionParent = AuditPage;
export type MediaAuditEntryParent = AuditEntryRecord;
export type MediaFileConnectionParent = LibraryPage;
export type MediaUsageParent = UsageRecord;
export type MediaUsageConnectionParent = UsagePage;
export type MediaChangeParent = ChangeRecord;
