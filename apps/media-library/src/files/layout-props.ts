import type { RefObject } from 'react';
import type { Selection } from '../selection/use-selection.ts';
import type { FileActions } from './file-cell.ts';
import type { FileList, ListState } from './file-list.ts';
import type { ChangeView } from './use-view.ts';
import type { View } from './view.ts';
import type { Range } from './visible-range.ts';

/** Of the grid and the list. */
export interface LayoutProps {
  readonly list: FileList;
  readonly state: ListState;
  readonly view: View;
  readonly changeView: ChangeView;
  readonly selection: Selection;
  readonly multiple: boolean;
  readonly scroller: RefObject<HTMLElement | null>;
  /** Of the scroller, in pixels. */
  readonly width: number;
  readonly actionsOf: (focus: (index: number) => void) => FileActions;
  readonly onOpen: (id: string) => void;
  readonly onVisible: (range: Range) => void;
}
