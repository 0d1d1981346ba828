/** Deletes the objects of a purged file. */
export const PURGED_OBJECTS = 'purged-objects';
/** Purges files that have been in the trash for too long. */
export const OLD_TRASH = 'old-trash';
/** Deletes old changes and released usages. */
export const OLD_CHANGES = 'old-changes';
/** Deletes old entries of the audit log. */
export const OLD_AUDIT_ENTRIES = 'old-audit-entries';
/** Adds changes to the counts of folders, tags and types. */
export const CHANGED_COUNTS = 'changed-counts';
/** Deletes unreferenced objects. */
export const UNREFERENCED_OBJECTS = 'unreferenced-objects';
