import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import styles from './details.module.css';
import { shownWidth } from './geometry.ts';
import type { Point } from './draft.ts';
import { useDetailFormat } from './use-detail-format.ts';

interface Props {
  readonly url: string;
  readonly file: FileDetailsFragment;
  readonly point: Point;
  readonly isEditable: boolean;
  readonly onMove: (x: number, y: number) => void;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The image with its focal point, which is set by a click, by dragging or with the arrow keys. */
export function FocalPoint({ url, file, point, isEditable, onMove }: Props) {
  const { t } = useTranslation('details');
  const { percent } = useDetailFormat();
  const area = useRef<HTMLDivElement>(null);
  const handle = useRef<HTMLButtonElement>(null);

  function moveTo({ clientX, clientY }: PointerEvent) {
    const box = area.current?.getBoundingClientRect();
    if (box) onMove((clientX - box.left) / box.width, (clientY - box.top) / box.height);
  }

  function start(event: PointerEvent) {
    if (!isEditable || event.button !== 0) return;
    event.preventDefault();
    area.current?.setPointerCapture(event.pointerId);
    handle.current?.focus();
    moveTo(event);
  }

  function moveByKey(event: KeyboardEvent) {
    const [x, y] = STEPS[event.key] ?? [];
    if (x === undefined || y === undefined) return;
    event.preventDefault();
    const step = event.shiftKey ? 0.1 : 0.01;
    onMove(point.x + x * step, point.y + y * step);
  }

  return (
    <div
      ref={area}
      style={{ width: shownWidth(file, 45) }}
      className={isEditable ? `${styles.focal} ${styles.editable}` : styles.focal}
      onPointerDown={start}
      onPointerMove={(event) => area.current?.hasPointerCapture(event.pointerId) && moveTo(event)}
    >
      <img
        src={url}
        alt=""
        draggable={false}
        width={file.width ?? undefined}
        height={file.height ?? undefined}
        style={{ width: '100%' }}
      />
      <button
        ref={handle}
        type="button"
        className={styles.point}
        disabled={!isEditable}
        style={{ left: `${point.x * 100}%`, top: `${point.y * 100}%` }}
        aria-label={t('crops.point', { x: percent(point.x), y: percent(point.y) })}
        onKeyDown={moveByKey}
      />
    </div>
  );
}
