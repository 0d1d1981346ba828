/** What callers and the CMS do to files. */
export type AuditAction =
  | 'uploaded'
  | 'imported'
  | 'processed'
  | 'contentReplaced'
  | 'updated'
  | 'contentRestored'
  | 'trashed'
  | 'restored'
  | 'purged';

/** Who did what to a file. Outlives the file. */
export interface AuditEntryRecord {
  readonly id: string;
  readonly mediaId: string;
  readonly actor: string;
  readonly action: AuditAction;
  readonly at: Date;
  readonly changes: readonly {
    readonly field: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}
