import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@federated-media/stack/project';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Graph } from './graph.ts';
import { openLibrary } from './library-page.ts';

const recordings = join(projectRoot, 'subgraphs/cms/src/testing/recordings');

/** One second of a moving test image or of a tone. */
export const recordingOf = (name: 'clip.webm' | 'tone.mp3') => readFile(join(recordings, name));

/** An image with four areas of different colours, so that crops and versions look different. */
export function quarters(hue = 0): Promise<Buffer> {
  const area = (x: number, y: number, at: number) =>
    `<rect x="${x}" y="${y}" width="300" height="200" fill="hsl(${(hue + at) % 360} 70% 50%)"/>`;
  const areas = [area(0, 0, 0), area(300, 0, 90), area(0, 200, 180), area(300, 200, 270)];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400">${areas.join('')}</svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
}

/** The smallest PDF with something to see on its page. */
export function smallPdf(): Buffer {
  const content = '0.2 0.4 0.9 rg 20 20 160 160 re f';
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
  ].map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`);
  const header = '%PDF-1.4\n';
  const offsets = objects.map(
    (_object, index) => header.length + objects.slice(0, index).join('').length,
  );
  const body = header + objects.join('');
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  return Buffer.from(
    `${body}xref\n0 5\n0000000000 65535 f \n${entries.join('')}` +
      `trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`,
    'latin1',
  );
}

const Stored = z.object({
  mediaFile: z.looseObject({ id: z.string(), version: z.number() }).nullable(),
});
const FIELDS = `id version originalFilename title description tags altText altTexts { locale text }
  decorative credit copyright folder visibility focalPoint { x y } trashedAt checksum
  contentVersions { number checksum current }`;

/** The file as the graph has it now. */
export async function storedFile(graph: Graph, id: string) {
  const { data } = await graph.ask(`query ($id: ID!) { mediaFile(id: $id) { ${FIELDS} } }`, { id });
  return Stored.parse(data).mediaFile;
}

/** A change of another editor. */
export async function changeElsewhere(
  graph: Graph,
  input: { id: string; originalFilename?: string; details: Record<string, unknown> },
): Promise<void> {
  const mutation = `mutation ($input: UpdateMediaInput!) {
    updateMedia(input: $input) { userErrors { message } }
  }`;
  const { errors } = await graph.ask(mutation, { input });
  if (errors) throw new Error(errors[0]?.message);
}

/** Another editor moves the file to the trash, and then, if `isPurged`, deletes it permanently. */
export async function deleteElsewhere(graph: Graph, id: string, { isPurged = false } = {}) {
  for (const field of isPurged ? ['deleteMedia', 'purgeMedia'] : ['deleteMedia']) {
    const mutation = `mutation ($id: ID!) { ${field}(input: { id: $id }) { userErrors { code } } }`;
    const { data } = await graph.ask(mutation, { id });
    expect(data).toEqual({ [field]: { userErrors: [] } });
  }
}

/** The library with the details of a file. */
export async function openDetails(
  browser: Browser,
  { id, ...options }: Parameters<typeof openLibrary>[1] & { id: string },
) {
  const library = await openLibrary(browser, { ...options, path: `/files/${id}` });
  const drawer = library.page.getByRole('dialog').first();
  await drawer.getByRole('tab').first().waitFor();
  return { ...library, drawer };
}
export type DetailsPage = Awaited<ReturnType<typeof openDetails>>;
