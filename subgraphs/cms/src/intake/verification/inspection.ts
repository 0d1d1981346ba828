import type { FileType } from '../../files/file-types/file-type.ts';
import { type Refused, type VerifiedBytes, rejectFile } from './verdict.ts';

/** What was found, or why the file is rejected. */
export type Inspection = Found | Refused;

export interface Found {
  readonly found: Properties;
  /** Of the types that the detected one may turn out to be; without it the detected one. */
  readonly type?: FileType | undefined;
  /** Whether the bytes at `sanitizedPath` replace those that were sent. */
  readonly isSanitized?: true;
}

export type Charset = NonNullable<VerifiedBytes['charset']>;

interface Properties {
  readonly width: number | null;
  readonly height: number | null;
  readonly durationSeconds: number | null;
  readonly animated: boolean;
  readonly charset: Charset | null;
  /** Base64. */
  readonly thumbHash: string | null;
  /** What the file says of its origin. */
  readonly credit: string | null;
  readonly copyright: string | null;
}

const NOTHING: Properties = {
  width: null,
  height: null,
  durationSeconds: null,
  animated: false,
  charset: null,
  thumbHash: null,
  credit: null,
  copyright: null,
};

export const found = (properties: Partial<Properties>, type?: FileType): Found => ({
  found: { ...NOTHING, ...properties },
  ...(type && { type }),
});

export const corrupt = (message: string) => rejectFile('CORRUPT_FILE', message);
