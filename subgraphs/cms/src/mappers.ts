/** What resolvers are really given for the types of the schema; named in codegen.ts. */
import type { AuditEntryRecord } from './audit/audit-entry.ts';
import type { AuditPage } from './audit/loader.ts';
import type { LibraryPage } from './library/service.ts';
import type { ChangeRecord } from './change-feed/repository.ts';
import type { MediaContentRecord, MediaFileRecord } from './media-file/media-file.ts';
import type { UsageRecord } from './usage/media-usage.ts';
import type { UsagePage } from './usage/service.ts';

export type MediaFileParent = MediaFileRecord;
export type MediaContentVersionParent = MediaContentRecord & { readonly current: boolean };
export type MediaAuditConnectionParent = AuditPage;
export type MediaAuditEntryParent = AuditEntryRecord;
export type MediaFileConnectionParent = LibraryPage;
export type MediaUsageParent = UsageRecord;
export type MediaUsageConnectionParent = UsagePage;
export type MediaChangeParent = ChangeRecord;
