import { useTranslation } from 'react-i18next';
import * as v from 'valibot';
import { useFormat } from '../shared/format.ts';
import { useDetailFormat } from './use-detail-format.ts';

const Texts = v.array(v.object({ locale: v.string(), text: v.string() }));
const Tags = v.array(v.string());
const Point = v.object({ x: v.number(), y: v.number() });

/** Shows a value of a field to people. Lists and points can be JSON, as in the audit log. */
export function useShownValue() {
  const { t } = useTranslation('details');
  const format = useFormat();
  const details = useDetailFormat();

  function shownObject(value: unknown): string | null {
    if (v.is(Tags, value)) return value.join(', ');
    if (v.is(Texts, value)) {
      return value.map(({ locale, text }) => `${details.languageName(locale)}: ${text}`).join('\n');
    }
    if (v.is(Point, value)) return `${details.percent(value.x)} / ${details.percent(value.y)}`;
    return null;
  }

  return (field: string, value: unknown): string => {
    const read = readValue(field, value);
    if (read === null || read === '' || (Array.isArray(read) && read.length === 0)) {
      return t('empty');
    }
    const text = shownObject(read) ?? (typeof read === 'string' ? read : JSON.stringify(read));
    switch (field) {
      case 'decorative':
        return text === 'true' ? t('yes') : t('no');
      case 'visibility':
        return text === 'PRIVATE' ? t('visibility.PRIVATE') : t('visibility.PUBLIC');
      case 'fileSize':
        return format.bytes(Number(text));
      case 'trashedAt':
        return format.time(text);
      case 'checksum':
        return `${text.slice(0, 12)}…`;
      default:
        return text;
    }
  };
}

const STRUCTURED = new Set(['tags', 'altTexts', 'focalPoint']);

function readValue(field: string, value: unknown): unknown {
  if (!STRUCTURED.has(field) || typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    return value;
  }
}
