import { expect, test } from 'vitest';
import { formatTraceparent, readTraceparent } from './traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test.each([
  ['sampled', '01'],
  ['not sampled', '00'],
])('forwards a trace that is %s unchanged', (_what, flags) => {
  const header = `00-${TRACE}-${SPAN}-${flags}`;
  const context = readTraceparent(header);
  expect(context).toMatchObject({ traceId: TRACE, spanId: SPAN, isRemote: true });
  expect(context && formatTraceparent(context)).toBe(header);
});

test('forwards only the specified flag', () => {
  const context = readTraceparent(`00-${TRACE}-${SPAN}-ff`);
  expect(context && formatTraceparent(context)).toBe(`00-${TRACE}-${SPAN}-01`);
});

test.each([
  ['nothing', undefined],
  ['two headers', [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`]],
  ['an empty one', ''],
  ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['a trace that is too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['no flags', `00-${TRACE}-${SPAN}`],
  ['more than there should be', `00-${TRACE}-${SPAN}-01-more`],
  ['another line', `00-${TRACE}-${SPAN}-01\nx-store-id: other`],
  ['the version that is forbidden', `ff-${TRACE}-${SPAN}-01`],
])('%s is not a trace', (_what, header) => {
  expect(readTraceparent(header)).toBeUndefined();
});
