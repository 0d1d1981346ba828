import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Selection } from '../selection/use-selection.ts';
import type { FileList, ListState } from './file-list.ts';

interface Options {
  readonly list: FileList;
  readonly state: ListState;
  readonly selection: Selection;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly columns: number;
  readonly rowHeight: number;
  /** Of what is above the rows and stays while they scroll. */
  readonly headerHeight?: number;
  readonly onOpen: (id: string) => void;
  readonly onVisible: (range: { from: number; to: number }) => void;
}

/** Files in rows, of which only the visible ones are in the page, and the keyboard as in any ARIA grid. */
export function useFileGrid(options: Options) {
  const { list, state, selection, scroller, columns, rowHeight, onOpen, onVisible } = options;
  const { headerHeight = 0 } = options;
  const [active, setActive] = useState(0);
  const toFocus = useRef<number | null>(null);
  const rows = Math.ceil(state.count / columns);
  const activeIndex = Math.max(0, Math.min(active, state.count - 1));
  const activeRow = Math.floor(activeIndex / columns);

  const virtualizer = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 3,
    scrollPaddingStart: headerHeight + 8,
    scrollPaddingEnd: 8,
    // The focused file stays in the page when it is scrolled out of view.
    rangeExtractor: (range) => {
      const visible = defaultRangeExtractor(range);
      if (activeRow >= rows || visible.includes(activeRow)) return visible;
      return activeRow < range.startIndex ? [activeRow, ...visible] : [...visible, activeRow];
    },
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight, columns]);

  const { startIndex, endIndex } = virtualizer.range ?? { startIndex: 0, endIndex: 0 };
  const from = startIndex * columns;
  const to = Math.min((endIndex + 1) * columns, state.count);
  useEffect(() => list.show(from, to), [list, from, to, state.revision]);
  useEffect(() => onVisible({ from, to }), [onVisible, from, to]);

  const focusActive = (container: HTMLElement | null) => {
    if (toFocus.current === null) return;
    const cell = container?.querySelector<HTMLElement>(`[data-index="${toFocus.current}"]`);
    if (!cell) return;
    toFocus.current = null;
    cell.focus({ preventScroll: true });
  };

  function move(to: number, isRange: boolean) {
    const target = Math.max(0, Math.min(to, state.count - 1));
    const [start, end] = [list.idAt(activeIndex), list.idAt(target)];
    if (isRange && start && end) selection.extend(end, start);
    toFocus.current = target;
    setActive(target);
    virtualizer.scrollToIndex(Math.floor(target / columns));
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const id = list.idAt(activeIndex);
    const isCell = event.target instanceof HTMLElement && 'index' in event.target.dataset;
    if (!id || !isCell) return;
    const withControl = event.ctrlKey || event.metaKey;
    const rowsOfPage = Math.max(1, endIndex - startIndex);
    const inRow = activeIndex % columns;
    const targets: Partial<Record<string, number>> = {
      ArrowRight: activeIndex + 1,
      ArrowLeft: activeIndex - 1,
      ArrowDown: activeIndex + columns,
      ArrowUp: activeIndex - columns < 0 ? activeIndex : activeIndex - columns,
      PageDown: activeIndex + columns * rowsOfPage,
      PageUp: activeIndex - columns * rowsOfPage,
      Home: withControl || columns === 1 ? 0 : activeIndex - inRow,
      End: withControl || columns === 1 ? state.count - 1 : activeIndex - inRow + columns - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) move(target, event.shiftKey);
    else if (event.key === ' ' && event.shiftKey) selection.extend(id, id);
    else if (event.key === ' ') selection.toggle(id);
    else if (event.key === 'Enter') onOpen(id);
    else if (event.key === 'a' && withControl) selection.replace(list.ids());
    else if (event.key === 'Escape' && selection.ids.size > 0) selection.clear();
    else return;
    event.preventDefault();
  }

  return { virtualizer, activeIndex, setActive, focusActive, onKeyDown };
}
