import type { CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';

/** What the browser does with files in the media library. */
export async function openUploads(page: Page) {
  const devTools: CDPSession = await page.context().newCDPSession(page);
  /** The requests of tus, without preflights. */
  const resumable: { method: string; offset: string | undefined }[] = [];
  page.on('request', (request) => {
    if (!request.url().includes('/uploads/tus/')) return;
    const offset = request.headers()['upload-offset'];
    if (request.method() !== 'OPTIONS') resumable.push({ method: request.method(), offset });
  });
  const panel = page.getByRole('region', { name: 'Uploads' });

  async function drag(type: 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel', files: string[]) {
    const data = { items: [], files, dragOperationsMask: 1 };
    await devTools.send('Input.dispatchDragEvent', { type, x: 400, y: 400, data });
  }

  return {
    panel,
    resumable,
    row: (name: string) => panel.getByRole('listitem').filter({ hasText: name }),
    /** Files and folders from outside the browser, above the page. The page reacts when it has loaded the queue. */
    async dragOver(paths: string[]) {
      await drag('dragEnter', paths);
      await expect
        .poll(async () => {
          await drag('dragOver', paths);
          return await page.getByText('Drop to upload into').count();
        })
        .toBe(1);
    },
    drop: (paths: string[]) => drag('drop', paths),
    /** What accepts files, dropped or pasted, is loaded after the first screen. */
    async untilReady() {
      await this.dragOver([import.meta.filename]);
      await drag('dragCancel', []);
    },
    async dropFiles(paths: string[]) {
      await this.dragOver(paths);
      await this.drop(paths);
    },
    /** Slow enough that something can happen while a large file is sent. */
    async limitSpeed(uploadBytesPerSecond: number) {
      await devTools.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: uploadBytesPerSecond,
      });
    },
    /** What the panel says when all files have been dealt with. */
    untilEnded: () =>
      panel.getByRole('heading', { name: / uploaded$/ }).waitFor({ timeout: 60_000 }),
  };
}
export type Uploads = Awaited<ReturnType<typeof openUploads>>;
