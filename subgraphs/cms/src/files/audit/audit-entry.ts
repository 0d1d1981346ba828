/** What can happen to a file. */
export type AuditAction =
  | 'uploaded'
  | 'imported'
  | 'contentReplaced'
  | 'updated'
  | 'contentRestored'
  | 'trashed'
  | 'restored'
  | 'purged';

/** What was done to a file, by whom. Outlives the file. */
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
