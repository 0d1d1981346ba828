import { parse } from 'content-disposition';
import { readFilename } from '../../files/media-file/text.ts';
import { InvalidValue } from '../../platform/input-checks.ts';

const DEFAULT_NAME = 'import';

/** The name of an imported file. */
export interface SourceName {
  readonly name: string;
  /** Whether its extension states a type. That of a path does not: `/photo.jpg` may respond with WebP. */
  readonly claimsType: boolean;
}

/** From the Content-Disposition header or the end of the URL. */
export function nameOf({
  url,
  contentDisposition,
}: {
  url: URL;
  contentDisposition: string | null;
}): SourceName {
  const fromHeader =
    contentDisposition === null
      ? undefined
      : validName(parse(decodeHeader(contentDisposition)).parameters.filename);
  if (fromHeader !== undefined) return { name: fromHeader, claimsType: true };
  return { name: validName(lastSegment(url)) ?? DEFAULT_NAME, claimsType: false };
}

/** Headers are Latin-1, but many servers send UTF-8, and browsers accept both. */
function decodeHeader(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

function validName(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  try {
    return readFilename(name);
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

function lastSegment({ pathname }: URL): string {
  const segment = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // The percent sign is part of the name.
  }
}
