import { DOCUMENT_TYPES } from './document-types.ts';
import type { FileType } from './file-type.ts';
import { IMAGE_TYPES } from './image-types.ts';
import { RECORDING_TYPES } from './recording-types.ts';

/** Every type that a deployment can accept, in the order of the documentation. */
export const FILE_TYPES = {
  ...IMAGE_TYPES,
  ...RECORDING_TYPES,
  ...DOCUMENT_TYPES,
} as const satisfies Readonly<Record<string, FileType>>;

export const allTypes: readonly FileType[] = Object.values(FILE_TYPES);

export const fitsExtension = (type: FileType, extension: string): boolean =>
  type.extension === extension || (type.extensionAliases?.includes(extension) ?? false);

export const fitsPackedExtension = (type: FileType, extension: string): boolean =>
  fitsExtension(type, extension) || (type.packedExtensions?.includes(extension) ?? false);

export const fitsMimeType = (type: FileType, mimeType: string): boolean =>
  type.mimeType === mimeType || (type.mimeAliases?.includes(mimeType) ?? false);

const byDetectedType = new Map(
  allTypes.flatMap((type) =>
    [type.mimeType, ...(type.detectedAs ?? [])].map((detected) => [detected, type] as const),
  ),
);

/** The type that is served as, or detected as, `mimeType`. */
export const findType = (mimeType: string): FileType | undefined => byDetectedType.get(mimeType);

/** What a file of this detected type may turn out to be when it is inspected. */
export const variantsOf = ({ variants = [] }: FileType): FileType[] =>
  variants.flatMap((mimeType) => findType(mimeType) ?? []);
