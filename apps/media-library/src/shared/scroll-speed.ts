/** In pixels per millisecond: more than two screens in a second. */
const FAST = 2;

/** How fast files pass by. Not a state of the screen: the cards that are there are not rendered anew for it. */
export class ScrollSpeed {
  #isFast = false;
  #last = { offset: 0, at: 0 };
  readonly #waiting = new Set<() => void>();

  /** Whether files pass by too fast to be seen. */
  get isFast(): boolean {
    return this.#isFast;
  }

  readonly measure = (offset: number, isScrolling: boolean): void => {
    const { offset: before, at } = this.#last;
    const now = performance.now();
    this.#last = { offset, at: now };
    this.#isFast = isScrolling && Math.abs(offset - before) > FAST * (now - at);
    if (this.#isFast) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const show of waiting) show();
  };

  /** Calls `show` once, when files can be seen. The returned function gives up. */
  whenSlow(show: () => void): () => void {
    if (!this.#isFast) {
      show();
      return () => {};
    }
    this.#waiting.add(show);
    return () => {
      this.#waiting.delete(show);
    };
  }
}
