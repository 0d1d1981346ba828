import type { FileToStore } from './library.ts';

/** A private file: one page of PDF. */
export function priceList(lines: readonly string[]): FileToStore {
  return {
    filename: 'trade-price-list.pdf',
    mimeType: 'application/pdf',
    bytes: pdf(lines),
    details: {
      description: 'For resellers only.',
      folder: 'trade',
      tags: ['demo', 'prices'],
      visibility: 'PRIVATE',
    },
  };
}

function pdf(lines: readonly string[]): Buffer<ArrayBuffer> {
  const text = lines.map((line) => `(${line.replaceAll(/[()\\]/g, '\\$&')}) Tj T*`).join('\n');
  const page = `BT /F1 14 Tf 22 TL 72 760 Td\n${text}\nET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${page.length} >>\nstream\n${page}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];

  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const references = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  const trailer = `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.from(body + references + trailer, 'latin1');
}
