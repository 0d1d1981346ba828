import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Dragged } from './drag.ts';
import type { FolderTask } from './folder-dialog.tsx';
import { FolderItem } from './folder-item.tsx';
import classes from './folders.module.css';
import { type Folder, parentsOf, visibleFolders } from './tree.ts';

interface Props {
  readonly folders: readonly Folder[];
  /** False: the folders are not known yet. */
  readonly isRead: boolean;
  /** Null: all files. */
  readonly selected: string | null;
  readonly editable: boolean;
  readonly onSelect: (path: string | null) => void;
  readonly onTask: (task: FolderTask) => void;
  readonly onDrop: (dragged: Dragged, onto: string | null) => void;
}

/** A tree as ARIA describes it: https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ */
export function FolderTree(props: Props) {
  const { folders, isRead, selected, editable, onSelect, onTask, onDrop } = props;
  const { t } = useTranslation('folders');
  const container = useRef<HTMLDivElement>(null);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(
    () => new Set(selected === null ? [] : parentsOf(selected)),
  );
  const [shown, setShown] = useState(selected);
  if (selected !== shown) {
    setShown(selected);
    if (selected !== null) setExpanded(new Set([...expanded, ...parentsOf(selected)]));
  }
  const [focused, setFocused] = useState(selected);
  const visible = visibleFolders(folders, expanded);
  const paths = [null, ...visible.map(({ path }) => path)];
  const tabStop = [focused, selected].find((path) => paths.includes(path)) ?? null;

  const toggle = (path: string, open: boolean) => {
    const changed = new Set(expanded);
    if (open) changed.add(path);
    else changed.delete(path);
    setExpanded(changed);
  };

  function focus(path: string | null) {
    setFocused(path);
    const items = container.current?.querySelectorAll<HTMLElement>('[role=treeitem]') ?? [];
    items[paths.indexOf(path)]?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = paths.indexOf(tabStop);
    const folder = visible[at - 1];
    const isOpen = folder !== undefined && expanded.has(folder.path);
    const handlers: Partial<Record<string, () => void>> = {
      ArrowDown: () => focus(paths[Math.min(at + 1, paths.length - 1)] ?? null),
      ArrowUp: () => focus(paths[Math.max(at - 1, 0)] ?? null),
      Home: () => focus(null),
      End: () => focus(paths.at(-1) ?? null),
      ArrowRight: () => {
        if (!folder?.children[0]) return;
        if (isOpen) focus(folder.children[0].path);
        else toggle(folder.path, true);
      },
      ArrowLeft: () => {
        if (!folder) return;
        if (isOpen && folder.children.length > 0) toggle(folder.path, false);
        else focus(folder.parentPath);
      },
      Enter: () => onSelect(tabStop),
      ' ': () => onSelect(tabStop),
      F2: () => folder && editable && onTask({ kind: 'rename', path: folder.path }),
      Delete: () => folder && editable && onTask({ kind: 'delete', path: folder.path }),
    };
    const handler = handlers[event.key] ?? typeahead(event.key, at);
    if (!handler) return;
    event.preventDefault();
    handler();
  }

  /** To the next folder that begins with the letter. */
  function typeahead(key: string, at: number) {
    if ([...key].length !== 1) return undefined;
    const inOrder = [...visible.slice(at), ...visible.slice(0, at)];
    const match = inOrder.find(({ name }) => name.toLowerCase().startsWith(key.toLowerCase()));
    return match && (() => focus(match.path));
  }

  const total = folders.reduce((sum, { count }) => sum + count, 0);
  return (
    <div
      ref={container}
      role="tree"
      aria-label={t('heading')}
      aria-busy={!isRead}
      className={classes['tree']}
      onKeyDown={onKeyDown}
    >
      <FolderItem
        name={t('all')}
        count={isRead ? total : null}
        path={null}
        level={1}
        isExpanded={undefined}
        isSelected={selected === null}
        isTabStop={tabStop === null}
        isDraggable={false}
        editable={editable}
        onSelect={onSelect}
        onFocus={setFocused}
        onToggle={toggle}
        onDrop={onDrop}
      />
      {visible.map((folder) => (
        <FolderItem
          key={folder.path}
          name={folder.name}
          count={folder.count}
          path={folder.path}
          level={folder.level}
          isExpanded={folder.children.length > 0 ? expanded.has(folder.path) : undefined}
          isSelected={selected === folder.path}
          isTabStop={tabStop === folder.path}
          isDraggable={editable}
          editable={editable}
          onSelect={onSelect}
          onFocus={setFocused}
          onToggle={toggle}
          onDrop={onDrop}
        />
      ))}
    </div>
  );
}
