import { withExtensionOf } from '../../files/file-types/matching-extension.ts';
import type { Description } from '../../files/media-file/deliverable.ts';

/** Windows opens a device under these names, whatever their extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])(?= *(?:\.|$))/i;

/**
 * The name under which browsers save the bytes. It ends with the extension of their type, so a name that a server
 * obeys (`.htaccess`, `web.config`) is another one, and it is neither hidden nor the name of a device.
 */
export function downloadNameOf({
  mimeType,
  originalFilename,
}: Pick<Description, 'mimeType' | 'originalFilename'>): string {
  const visible = originalFilename
    .toWellFormed()
    .slice(Math.max(originalFilename.lastIndexOf('/'), originalFilename.lastIndexOf('\\')) + 1)
    .replace(/^[.\s]+/u, '')
    .replace(/[.\s]+$/u, '');
  const name = withExtensionOf(mimeType, visible === '' ? 'file' : visible);
  return DEVICE.test(name) ? `_${name}` : name;
}
