import { clearLine, cursorTo } from 'node:readline';

const BAR_WIDTH = 30;
const REDRAWN_MS = 200;
const PRINTED_MS = 10_000;

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Shows how far a copy is: as a bar in a terminal, otherwise as a line every ten seconds. */
export function createCopyProgress({
  total,
  output,
  now = () => performance.now(),
}: {
  total: { readonly count: number; readonly bytes: number };
  output: Output & NodeJS.WritableStream;
  now?: () => number;
}) {
  const isTerminal = output.isTTY === true;
  const startedAt = now();
  const done = { count: 0, bytes: 0, copiedBytes: 0 };

  function text(): string {
    const share = total.bytes === 0 ? 1 : Math.min(1, done.bytes / total.bytes);
    const filled = Math.round(share * BAR_WIDTH);
    const bar = `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`;
    const rate = (done.copiedBytes * 1000) / Math.max(1, now() - startedAt);
    const parts = [
      `${Math.floor(share * 100)} %`,
      `${done.count} of ${total.count} files`,
      `${megabytes(done.bytes)} of ${megabytes(total.bytes)} MB`,
      `${megabytes(rate)} MB/s`,
    ];
    return `${isTerminal ? `${bar} ` : ''}${parts.join(', ')}`;
  }

  function clear() {
    if (!isTerminal) return;
    clearLine(output, 0);
    cursorTo(output, 0);
  }

  function show() {
    clear();
    output.write(isTerminal ? text() : `${text()}\n`);
  }

  const timer = setInterval(show, isTerminal ? REDRAWN_MS : PRINTED_MS).unref();

  return {
    /** Bytes that were read for a copy. */
    addBytes(count: number): void {
      done.bytes += count;
      done.copiedBytes += count;
    },
    /** @param skippedBytes that need no copy */
    addFile(skippedBytes = 0): void {
      done.count += 1;
      done.bytes += skippedBytes;
    },
    /** Prints a line that stays. */
    print(line: string): void {
      clear();
      output.write(`${line}\n`);
    },
    stop(): void {
      clearInterval(timer);
      show();
      if (isTerminal) output.write('\n');
    },
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
