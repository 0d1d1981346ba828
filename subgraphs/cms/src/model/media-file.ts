import type { MediaStatus, MediaType, MediaVisibility } from '../generated/prisma/enums.ts';

export interface LocaleText {
  readonly locale: string;
  readonly text: string;
}

/** A file with what is known of its current bytes, and its texts. */
export interface MediaFileRecord {
  readonly id: string;
  readonly storeId: string;
  readonly filename: string;
  readonly originalFilename: string;
  readonly mediaType: MediaType;
  readonly mimeType: string;
  readonly fileSize: number;
  readonly checksum: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly durationSeconds: number | null;
  /** Of a picture (https://evanw.github.io/thumbhash/). */
  readonly thumbHash: Uint8Array | null;
  readonly contentNumber: number;
  readonly altText: string | null;
  readonly texts: readonly LocaleText[];
  readonly decorative: boolean;
  readonly description: string | null;
  readonly folder: string;
  readonly tags: string[];
  readonly focalX: number | null;
  readonly focalY: number | null;
  readonly visibility: MediaVisibility;
  readonly status: MediaStatus;
  readonly failure: string | null;
  readonly usageCount: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly trashedAt: Date | null;
}

/** One set of bytes a file has or had. */
export interface MediaContentRecord {
  readonly mediaId: string;
  readonly number: number;
  readonly checksum: string;
  readonly mimeType: string;
  readonly fileSize: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly createdAt: Date;
}
