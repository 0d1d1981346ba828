import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { Selection } from '../selection/use-selection.ts';
import { ScrollSpeed } from '../shared/scroll-speed.ts';
import type { FileList, ListState } from './file-list.ts';
import type { Range } from './visible-range.ts';

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
  readonly onVisible: (range: Range) => void;
}

/** Files in rows, of which only the visible ones are in the page, and the keyboard as in any ARIA grid. */
export function useFileGrid(options: Options) {
  const { list, state, selection, scroller, columns, rowHeight, onOpen, onVisible } = options;
  const { headerHeight = 0 } = options;
  const [active, setActive] = useState<{ id: string | null; index: number }>({
    id: null,
    index: 0,
  });
  const toFocus = useRef<string | null>(null);
  const rows = Math.ceil(state.count / columns);
  // Files that are added or removed before the active one move it. Where it was, if it is gone itself.
  const found = active.id === null ? -1 : list.indexOf(active.id);
  const activeIndex = Math.max(0, Math.min(found === -1 ? active.index : found, state.count - 1));
  const activeRow = Math.floor(activeIndex / columns);

  const [speed] = useState(() => new ScrollSpeed());
  const virtualizer = useVirtualizer({
    onChange: ({ scrollOffset, isScrolling }) => speed.measure(scrollOffset ?? 0, isScrolling),
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

  const hasFocus = useRef(false);
  const focusActive = (container: HTMLElement | null) => {
    // A card that moved to another row was made anew, without the focus.
    if (hasFocus.current && document.activeElement === document.body)
      toFocus.current = list.idAt(activeIndex) ?? null;
    if (toFocus.current === null) return;
    const index = list.indexOf(toFocus.current);
    const cell = container?.querySelector<HTMLElement>(`[data-index="${index}"]`);
    if (!cell) return;
    toFocus.current = null;
    cell.focus({ preventScroll: true });
  };

  const activate = useCallback(
    (index: number) => setActive({ id: list.idAt(index) ?? null, index }),
    [list],
  );

  function move(start: string, to: number, isRange: boolean) {
    const target = Math.max(0, Math.min(to, state.count - 1));
    const end = list.idAt(target);
    if (!end) return;
    if (isRange) selection.extend(end, start);
    toFocus.current = end;
    activate(target);
    virtualizer.scrollToIndex(Math.floor(target / columns));
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    // Only of a cell itself: checkboxes and links have other keys.
    const cell = event.target instanceof HTMLElement ? event.target.dataset['index'] : undefined;
    const index = Number(cell);
    const id = cell === undefined ? undefined : list.idAt(index);
    if (!id) return;
    const withControl = event.ctrlKey || event.metaKey;
    const rowsOfPage = Math.max(1, endIndex - startIndex);
    const inRow = index % columns;
    const targets: Partial<Record<string, number>> = {
      ArrowRight: index + 1,
      ArrowLeft: index - 1,
      ArrowDown: index + columns,
      ArrowUp: index - columns < 0 ? index : index - columns,
      PageDown: index + columns * rowsOfPage,
      PageUp: index - columns * rowsOfPage,
      Home: withControl || columns === 1 ? 0 : index - inRow,
      End: withControl || columns === 1 ? state.count - 1 : index - inRow + columns - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) move(id, target, event.shiftKey);
    else if (event.key === ' ' && event.shiftKey) selection.extend(id, id);
    else if (event.key === ' ') selection.toggle(id);
    else if (event.key === 'Enter') onOpen(id);
    else if (event.key === 'a' && withControl) selection.replace(list.ids());
    else if (event.key === 'Escape' && selection.ids.size > 0) selection.clear();
    else return;
    event.preventDefault();
  }

  const events = {
    onKeyDown,
    onFocus: () => {
      hasFocus.current = true;
    },
    onBlur: () => {
      hasFocus.current = false;
    },
  };
  return { virtualizer, activeIndex, activate, focusActive, events, speed };
}
