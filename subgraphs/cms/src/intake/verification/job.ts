import type { Claims } from '../../files/file-types/claims.ts';
import type { FileType } from '../../files/file-types/file-type.ts';
import type { FileWindow } from '../../platform/file-window.ts';
import type { TimeLimit } from '../../platform/workers/serve-jobs.ts';
import type { Inspection } from './inspection.ts';

/** What a worker gets to know about a file. */
export interface Job extends Claims {
  readonly path: string;
  readonly byteSize: number;
  readonly maxPixels: number;
  /** Where the sanitized bytes are written that replace those at `path`. */
  readonly sanitizedPath: string;
  /** Whether documents are accepted that could run something when they are opened. */
  readonly acceptsMacros: boolean;
  /** The extensions of the accepted types, see `Acceptance`. */
  readonly accepted: readonly string[];
}

/** Verifies the bytes of one type, and finds their properties. */
export type Inspector = (inspected: {
  readonly file: FileWindow;
  readonly type: FileType;
  readonly job: Job;
  readonly timeLimit: TimeLimit;
}) => Inspection | Promise<Inspection>;
