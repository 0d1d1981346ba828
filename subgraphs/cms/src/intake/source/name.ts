import { parse } from 'content-disposition';
import { readFilename } from '../../files/media-file/text.ts';
import { InvalidValue } from '../../platform/input-checks.ts';

const NAMELESS = 'import';

/** What to call a file from elsewhere: as its source does, or like the end of its address. */
export function nameOf({
  url,
  contentDisposition,
}: {
  url: URL;
  contentDisposition: string | null;
}): string {
  const given =
    contentDisposition === null
      ? undefined
      : parse(decoded(contentDisposition)).parameters.filename;
  return readable(given) ?? readable(lastSegment(url)) ?? NAMELESS;
}

/** A header's text is Latin-1, but many senders write UTF-8, and browsers understand both. */
function decoded(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

function readable(name: string | undefined): string | undefined {
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
    return segment; // A percent sign that is no escape is part of the name.
  }
}
