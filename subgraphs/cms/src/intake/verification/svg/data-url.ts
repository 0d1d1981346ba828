const FORM = /^data:([^;,]*)((?:;[^;,]*)*),([^#]*)/i;
const BASE64 = /^[\w+/=-]*$/;

/** The content of a `data:` URL, percent-encoded or base64 (RFC 2397). Null for other URLs. */
export function parseDataUrl(url: string): { mimeType: string; bytes: Buffer } | null {
  const [, mimeType, parameters = '', body = ''] = FORM.exec(url.replaceAll(/[\t\r\n]/g, '')) ?? [];
  if (mimeType === undefined) return null;
  const decoded = percentDecoded(body);
  const given = { mimeType: mimeType.trim().toLowerCase() };
  if (!/;\s*base64\s*$/i.test(parameters)) {
    return { ...given, bytes: Buffer.from(decoded, 'latin1') };
  }
  const text = decoded.replaceAll(/\s/g, '');
  return BASE64.test(text) ? { ...given, bytes: Buffer.from(text, 'base64') } : null;
}

/** One character for each byte. */
const percentDecoded = (text: string): string =>
  Buffer.from(text, 'utf8')
    .toString('latin1')
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );

export const dataUrl = (imageType: string, bytes: Buffer): string =>
  `data:image/${imageType};base64,${bytes.toString('base64')}`;
