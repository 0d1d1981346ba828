/** Removes what is left in the storage of a file that was purged. */
export const PURGED_OBJECTS = 'purged-objects';
/** Purges what has been in the trash for too long. */
export const OLD_TRASH = 'old-trash';
/** Forgets changes and released uses that everybody has heard of long since. */
export const OLD_CHANGES = 'old-changes';
/** Removes objects nobody refers to. */
export const UNREFERENCED_OBJECTS = 'unreferenced-objects';
