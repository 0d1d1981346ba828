import type { FileType } from '../../../files/file-types/file-type.ts';
import { type Refused, rejectFile } from '../verdict.ts';

export interface DocumentKind {
  readonly type: FileType;
  /** Why it is rejected unless ACCEPT_MACROS is true: opening it could run something. */
  readonly danger?: Refused | undefined;
}

export const WITH_MACROS = rejectFile(
  'UNSUPPORTED_TYPE',
  'Documents with macros are not accepted. Save it without macros.',
);

export const PASSWORD_PROTECTED = rejectFile(
  'UNSUPPORTED_TYPE',
  'Office documents that are protected with a password are not accepted, because they may have macros. Remove the password.',
);

export const LOADING_FROM_NETWORK = rejectFile(
  'UNSUPPORTED_TYPE',
  'Documents that load a template or an object from a network are not accepted, because these may have macros.',
);

export const uncheckable = (what: string) =>
  rejectFile('UNSUPPORTED_TYPE', `The document cannot be checked for macros: ${what}.`);

/**
 * Whether opening a document with a link to `target` connects to another computer. Links to a template on the computer
 * where the document was written are ordinary, and lead nowhere on another one.
 */
export function isOverNetwork(target: string): boolean {
  const path = decoded(target.trim()).replace(/^file:(?:\/\/\/)?(?![\\/])/i, '');
  if (/^[a-z]:(?:[\\/]|$)/i.test(path)) return false;
  return /^(?:[a-z][a-z0-9+.-]*:|[\\/]{2})/i.test(path);
}

function decoded(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
