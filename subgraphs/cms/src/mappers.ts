/** What resolvers are really given for the types of the schema; named in codegen.ts. */
import type { LibraryPage } from './library/service.ts';
import type { MediaContentRecord, MediaFileRecord } from './media-file/media-file.ts';

export type MediaFileParent = MediaFileRecord;
export type MediaContentVersionParent = MediaContentRecord & { readonly current: boolean };
export type MediaFileConnectionParent = LibraryPage;
