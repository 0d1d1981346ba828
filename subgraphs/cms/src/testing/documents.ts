interface Page {
  /** In points: left, bottom, right, top. */
  mediaBox?: readonly number[];
  /** More entries of the page's dictionary. */
  entries?: string;
  /** The page's content, in PDF operators. */
  content?: string;
  /** The objects from the fifth on. */
  objects?: readonly string[];
  trailer?: string;
}

/** A PDF of one page, empty by default, with a valid cross-reference table. */
export function pdf(page: Page = {}): Buffer {
  const { mediaBox = [0, 0, 200, 200], entries = '', content = '', objects = [] } = page;
  return assemble(
    [
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      `<< /Type /Page /Parent 2 0 R /MediaBox [${mediaBox.join(' ')}] /Contents 4 0 R ${entries} >>`,
      stream(content),
      ...objects,
    ],
    page.trailer,
  );
}

export const stream = (content: string, entries = ''): string =>
  `<< /Length ${content.length} ${entries} >>\nstream\n${content}\nendstream`;

function assemble(objects: readonly string[], trailer = ''): Buffer {
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = text.length;
  const size = objects.length + 1;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  text += `xref\n0 ${size}\n0000000000 65535 f \n${entries.join('')}`;
  text += `trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
