const SILENT_MS = 2_000;

/** Progress messages of work that takes long, also of several things at the same time. */
export interface Progress {
  report(line: string): void;
  /** While `work` runs, `what` (such as "generating code") is reported again whenever nothing else is for 2 seconds. */
  during<Result>(what: string, work: Promise<Result>): Promise<Result>;
}

export function createProgress(print: (line: string) => void, silentMs = SILENT_MS): Progress {
  const running = new Map<symbol, string>();
  let timer: NodeJS.Timeout | undefined;

  const wait = () => {
    clearTimeout(timer);
    if (running.size > 0) timer = setTimeout(remind, silentMs);
  };
  const remind = () => {
    print(`still ${[...running.values()].join(', ')}`);
    wait();
  };

  return {
    report(line) {
      print(line);
      wait();
    },
    async during(what, work) {
      const key = Symbol(what);
      running.set(key, what);
      if (running.size === 1) wait();
      try {
        return await work;
      } finally {
        running.delete(key);
        if (running.size === 0) clearTimeout(timer);
      }
    },
  };
}
