import { type Refused, rejectFile } from './verdict.ts';

/** What was found, or why the file is rejected. */
export type Inspection = { readonly found: Properties } | Refused;

interface Properties {
  readonly width: number | null;
  readonly height: number | null;
  readonly durationSeconds: number | null;
  /** Base64. */
  readonly thumbHash: string | null;
}

const NOTHING: Properties = { width: null, height: null, durationSeconds: null, thumbHash: null };

export const found = (properties: Partial<Properties>): Inspection => ({
  found: { ...NOTHING, ...properties },
});

export const corrupt = (message: string) => rejectFile('CORRUPT_FILE', message);
