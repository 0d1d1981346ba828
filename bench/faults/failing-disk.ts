/**
 * Loaded into the modules before their code (`--import`): writes, renames and syncs fail while the file of
 * BENCH_DISK_FAULT exists, with the error code in it. On a full disk a half is written before a write fails.
 */
import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { env } = process;
const flag = env['BENCH_DISK_FAULT'] ?? '';

function failIf(...codes: string[]): void {
  if (!fs.existsSync(flag)) return;
  const code = fs.readFileSync(flag, 'utf8');
  if (!codes.includes(code)) return;
  throw Object.assign(new Error(`${code}: the disk fails for the benchmark`), { code });
}

const sample = await promises.open(import.meta.filename);
const handles: unknown = Object.getPrototypeOf(sample);
const { writev } = sample;
await sample.close();

const { rename, mkdir, writeFile } = promises;
const { fsync } = fs;
Object.assign(handles ?? {}, {
  async writev(this: FileHandle, buffers: readonly NodeJS.ArrayBufferView[]) {
    try {
      failIf('ENOSPC', 'EIO');
    } catch (error) {
      if (buffers.length > 1) await writev.call(this, buffers.slice(0, buffers.length / 2));
      throw error;
    }
    return writev.call(this, buffers);
  },
});
Object.assign(promises, {
  async rename(...given: Parameters<typeof rename>) {
    failIf('EIO');
    return rename(...given);
  },
  async mkdir(...given: Parameters<typeof mkdir>) {
    failIf('ENOSPC', 'EIO');
    return mkdir(...given);
  },
  async writeFile(...given: Parameters<typeof writeFile>) {
    failIf('ENOSPC', 'EIO');
    return writeFile(...given);
  },
});
Object.assign(fs, {
  fsync(...[descriptor, done]: Parameters<typeof fsync>) {
    try {
      failIf('ENOSPC', 'EIO');
    } catch (error) {
      process.nextTick(done, error);
      return;
    }
    fsync(descriptor, done);
  },
});
syncBuiltinESMExports();
